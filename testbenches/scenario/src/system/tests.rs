//! Files of processes: valid contents, and the places of errors.

use crate::load::{Body, Scenario};

const HEAD: &str = "idea = \"x\"\nspec = \"a: b\"\n";

fn error(text: &str) -> String {
    Scenario::parse("t", "t.toml", &format!("{HEAD}{text}")).unwrap_err().to_string()
}

fn parent(program: &str) -> String {
    format!(
        "[[process]]\nname = \"p\"\nprogram = [{program}]\n\
         regions = [{{ kind = \"heap\", start = 0x400000, pages = 4 }}]\n"
    )
}

#[test]
fn names_that_lead_nowhere_are_said_with_their_place() {
    assert_eq!(error(&parent("\"load hpea 0\"")), "t.toml:5:18: there is no region `hpea`");
    let stranger = error(&parent("\"fork child\""));
    assert!(stranger.starts_with("t.toml:5:18: there is no process `child`"), "{stranger}");
    let child = "[[process]]\nname = \"child\"\nforked = true\nprogram = [\"load heap 0\"]\n";
    let lonely = error(&(parent("\"exit\"") + child));
    assert!(lonely.ends_with("`child`: no process forks this one"), "{lonely}");
    let own = child.to_owned() + "regions = [{ kind = \"bss\", start = 0x800000, pages = 1 }]\n";
    let own = error(&(parent("\"fork child\"") + &own));
    assert!(own.contains("a forked process has its parent's regions"), "{own}");
    let both = child.to_owned() + "executed = true\n";
    assert!(error(&(parent("\"fork child\"") + &both)).contains("not both"));
    assert!(error(&(parent("\"fork child\"") + child + child)).contains("two processes"));
    let empty = "[[process]]\nname = \"p\"\nprogram = [\"exit\"]\n";
    assert!(error(empty).contains("a process needs regions"));
    let image = error("[[process]]\nname = \"p\"\nimage = \"no.elf\"\nprogram = [\"exit\"]\n");
    assert!(image.starts_with("t.toml:5:10: there is no file `no.elf`"), "{image}");
}

#[test]
fn frames_are_shared_out_or_stated_and_not_both() {
    let os = |allocation: &str| format!("os = {{ allocation = {allocation} }}\n");
    let limited = parent("\"exit\"") + "frames = 3\n";
    for allocation in ["\"global\"", "{ equal = 4 }"] {
        let both = error(&(os(allocation) + &limited));
        assert!(
            both.ends_with("`p`: its frame limit is set twice, by `os.allocation` and by `frames`"),
            "{both}"
        );
    }
    let limits = |allocation: &str| {
        let second = parent("\"exit\"").replace("\"p\"", "\"q\"");
        let text = format!("{HEAD}{}{}{}", os(allocation), parent("\"exit\""), second);
        match Scenario::parse("t", "t.toml", &text).unwrap_or_else(|e| panic!("{e}")).body {
            Body::System(system) => system.limits(),
            _ => panic!("not a system"),
        }
    };
    assert_eq!(limits("\"global\""), Ok(vec![None, None]));
    assert_eq!(limits("{ equal = 7 }"), Ok(vec![Some(3), Some(3)]));
    assert_eq!(limits("{ proportional = 8 }"), Ok(vec![Some(4), Some(4)]));
    let few = error(&(os("{ equal = 0 }") + &parent("\"exit\"")));
    assert_eq!(few, "t.toml:3:8: 0 frames cannot be shared out among 1 processes");
    for wrong in ["\"equal\"", "{ eqal = 4 }", "{ equal = 4, proportional = 4 }", "{}"] {
        let forms = error(&(os(wrong) + &parent("\"exit\"")));
        assert!(forms.starts_with("t.toml:3:21: allocation is \"global\", "), "{forms}");
    }
}

#[test]
fn unknown_keys_and_values_are_errors() {
    let unknown = error(&format!("os = {{ ovrelap = true }}\n{}", parent("\"exit\"")));
    assert!(unknown.starts_with("t.toml:3:8: unknown field `ovrelap`"), "{unknown}");
    let value = error(&format!("os = {{ load_control = \"off\" }}\n{}", parent("\"exit\"")));
    assert!(value.starts_with("t.toml:3:23: unknown variant `off`"), "{value}");
    assert!(error(&(parent("\"exit\"") + "expect = { faults = -1 }")).contains("negative"));
}

#[test]
fn a_forked_process_names_the_regions_of_its_parent() {
    let child = "[[process]]\nname = \"child\"\nforked = true\nprogram = [\"load heap 0\", \
                 \"mmap lib\", \"load lib 0\"]\nregions = [{ name = \"lib\", kind = \"mapped\", \
                 start = 0x800000, pages = 1, mapped = false }]\n";
    let text = format!("{HEAD}{}{child}", parent("\"fork child; wait\""));
    let scenario = Scenario::parse("t", "t.toml", &text).unwrap_or_else(|e| panic!("{e}"));
    let Body::System(system) = scenario.body else { panic!("not a system") };
    let names: Vec<_> = system.regions(&system.process[1]).iter().map(|r| r.kind.name()).collect();
    assert_eq!(names, ["mapped", "heap"]);
}
