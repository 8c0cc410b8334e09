//! Each shape that is printed silently wrong is refused, and its correct form is not.

use super::*;

fn kinds(body: &str) -> Vec<ProblemKind> {
    let text = format!(
        "module t(a,b,o);\n input wire [7:0] a;\n input wire [7:0] b;\n output reg o;\n\
         localparam k = 8'h1;\n reg [7:0] r;\n always @(*) begin\n {body}\n end\nendmodule // t"
    );
    lint(&text).into_iter().map(|problem| problem.kind).collect()
}

fn clean(body: &str) {
    assert_eq!(kinds(body), [], "{body}");
}

#[test]
fn a_rust_constant_in_the_text_is_unresolved() {
    assert_eq!(kinds("r = a + FOO;"), [ProblemKind::Unresolved("FOO".into())]);
    clean("r = a + k;");
}

#[test]
fn a_nested_struct_is_refused() {
    assert_eq!(kinds("o = r$val$x;"), [ProblemKind::NestedStruct("r$val$x".into())]);
}

#[test]
fn a_slice_of_a_slice_is_refused() {
    assert_eq!(kinds("o = a[(64'h2)+:(3)][0];"), [ProblemKind::SliceOfSlice]);
    assert_eq!(kinds("o = (a ^ b)[0];"), [ProblemKind::SliceOfSlice]);
    clean("o = a[(64'h2)+:(3)];");
}

#[test]
fn keywords_are_refused_as_names() {
    let text = "module t(end);\n input wire  end;\nendmodule";
    assert_eq!(lint(text)[0].kind, ProblemKind::Keyword("end".into()));
    let text = "module t(a);\n input wire  a;\n reg  global;\nendmodule";
    assert_eq!(lint(text)[0].kind, ProblemKind::Keyword("global".into()));
    let text = "module u(a);\n input wire  a;\nendmodule\nmodule t(a);\n input wire  a;\n u final(\n.a(a));\nendmodule";
    assert_eq!(lint(text)[0].kind, ProblemKind::Keyword("final".into()));
}

#[test]
fn a_comparison_beside_another_operator_is_refused() {
    for body in ["o = a & b == k;", "if (a | b != k) begin o = 1'b0; end", "o = a + 1 == 0;"] {
        assert_eq!(kinds(body), [ProblemKind::Precedence], "{body}");
    }
    clean("o = (a & b) == k;");
    clean("o = a == b && b == k;");
}

#[test]
fn a_comparison_of_something_wider_than_it_looks_is_refused() {
    for body in ["o = ~a == 32'hff;", "o = (a + ((32'h1) & 8'hff)) == ((32'h0) & 8'hff);"] {
        assert_eq!(kinds(body), [ProblemKind::Width], "{body}");
    }
    clean("r = a + k; o = r == k;");
    clean("o = (a == k) && ~b[0];");
    clean("o = a == ((32'h1) & 8'hff);");
    clean("o = (~a || b) == k;");
}

#[test]
fn a_registers_assignment_is_not_a_comparison() {
    clean("r <= a + b;");
}
