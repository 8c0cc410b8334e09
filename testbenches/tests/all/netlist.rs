//! `pagewalk netlist`: its output, that it is the same in every run, and its errors.

use assert_cmd::cargo::cargo_bin_cmd;

/// Standard output, standard error, status.
fn netlist(arguments: &[&str]) -> (String, String, i32) {
    let output = cargo_bin_cmd!("pagewalk").arg("netlist").args(arguments).output();
    let output = output.expect("the binary starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code().expect("no signal"))
}

#[test]
fn statistics_are_for_people_and_programs() {
    let (text, times, status) = netlist(&["rv64_small"]);
    assert_eq!(status, 0, "{times}");
    assert!(text.starts_with("rv64_small: Rv64Mmu_8_3\n"), "{text}");
    assert!(times.contains("flatten: ") && times.contains(" ms"), "{times}");
    assert_eq!(netlist(&["rv64_small"]).0, text, "the same in every run");
    let (text, _, _) = netlist(&["rv64_small", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let sizes = &json["sizes"];
    assert_eq!(sizes["names_that_are_keywords"], 0);
    let passes = json["passes"].as_array().expect("passes");
    let terms: Vec<u64> = passes
        .iter()
        .map(|pass| {
            let counts = pass["operations"].as_object().expect("operations");
            counts.values().filter_map(serde_json::Value::as_u64).sum()
        })
        .collect();
    assert_eq!(Some(terms[0]), sizes["nodes"].as_u64());
    assert!(terms[1] < terms[0], "lowering drops dead nodes: {terms:?}");
    assert!(3 * terms[2] < 2 * terms[1], "columns are one term each: {terms:?}");
    assert!(passes[3]["guarded"].as_u64() > Some(5), "{text}");
}

#[test]
fn the_hierarchy_is_a_list_and_a_picture() {
    let (tree, _, status) = netlist(&["rv32_tiny", "--tree"]);
    assert_eq!(status, 0);
    assert!(tree.starts_with("Rv32Mmu_4_2 ("), "{tree}");
    assert!(tree.contains("\n    tlb: Cam_4_2_20_22_9 ("), "{tree}");
    assert!(tree.contains("\n      lines[4]: CamLine_20_9 ("), "{tree}");
    let (dot, _, status) = netlist(&["rv32_tiny", "--dot"]);
    assert_eq!(status, 0);
    assert!(dot.starts_with("digraph hierarchy {") && dot.ends_with("}\n"), "{dot}");
    assert!(dot.contains("lines ×4"), "{dot}");
    if let Some(graphviz) = testbenches::export::tools::find("dot") {
        let home = tempfile::tempdir().expect("a temporary directory");
        let file = home.path().join("hierarchy.dot");
        std::fs::write(&file, dot).expect("a temporary directory takes files");
        let drawn = std::process::Command::new(graphviz).arg("-Tsvg").arg(file).output();
        let drawn = drawn.expect("Graphviz starts");
        assert!(drawn.status.success() && drawn.stderr.is_empty(), "{drawn:?}");
        assert!(String::from_utf8_lossy(&drawn.stdout).contains("CamLine_20_9"));
    }
}

#[test]
fn the_representations_are_text() {
    let (ir, _, status) = netlist(&["rv32_tiny", "--ir"]);
    assert_eq!(status, 0);
    assert!(ir.starts_with("netlist Rv32Mmu_4_2\nclock clock: 1\ninput reset: 1\n"), "{ir}");
    assert!(ir.contains("\nregister data.tlb.lines[0].held_vpn: 20 := %"), "{ir}");
    let (program, _, status) = netlist(&["rv32_tiny", "--program"]);
    assert_eq!(status, 0);
    assert!(program.contains(": 20 x 4 = state s"), "{program}");
    assert!(program.lines().count() < ir.lines().count(), "it is smaller");
}

#[test]
fn mistakes_are_explained() {
    let (_, error, status) = netlist(&["rv64_vast"]);
    assert_eq!(status, 2);
    assert!(error.contains("rv64_vast") && error.contains("rv64_small"), "{error}");
    let (_, error, status) = netlist(&["rv64_small", "--ir", "--dot"]);
    assert_eq!(status, 2);
    assert!(error.contains("cannot be used with"), "{error}");
    assert_eq!(netlist(&[]).2, 2);
}
