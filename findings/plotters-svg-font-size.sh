#!/usr/bin/env bash
# plotters-svg: a text of size 24.8 is written with font-size 20. Every size is divided by 1.24.
#
# Version   plotters-svg 0.3.7 with plotters-backend 0.3.7 (crates.io).
# Input     one word at the sizes 12.4, 24.8 and 31, drawn through the backend's own interface.
# Expected  font-size 12.4, 24.8 and 31. In SVG font-size is the side of the em square in the units
#           of the picture; coordinates, lines and circles of the same backend are written unchanged
#           in these units, and the interface (BackendTextStyle::size) names no other unit.
# Seen      font-size 10, 20 and 25.
# Why       SVGBackend::draw_text writes size() / 1.24, for the unrotated text as for the rotated.
# Hurts     who draws the same picture with another backend, which receives the same size() and has
#           to know of the factor, and who computes the room for labels from the size.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cargo=$(command -v cargo) || { echo "error: cargo is missing" >&2; exit 2; }
# Where HOME is not the one that rustup was installed for, its toolchains are still beside it.
rustup=$(dirname "$(dirname "$(dirname "$cargo")")")/.rustup
if [ -z "${RUSTUP_HOME:-}" ] && [ -d "$rustup" ]; then export RUSTUP_HOME=$rustup; fi
mkdir "$folder/src"
cat > "$folder/Cargo.toml" << 'TOML'
[package]
name = "size"
version = "0.0.0"
edition = "2021"

[dependencies]
plotters-backend = "=0.3.7"
plotters-svg = { version = "=0.3.7", default-features = false }
TOML
cat > "$folder/src/main.rs" << 'RUST'
use std::convert::Infallible;

use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{
    BackendColor, BackendTextStyle, DrawingBackend, FontFamily, FontStyle, FontTransform,
};

struct Text(f64);

impl BackendTextStyle for Text {
    type FontError = Infallible;
    fn size(&self) -> f64 {
        self.0
    }
    fn color(&self) -> BackendColor {
        BackendColor { alpha: 1.0, rgb: (0, 0, 0) }
    }
    fn style(&self) -> FontStyle {
        FontStyle::Normal
    }
    fn transform(&self) -> FontTransform {
        FontTransform::None
    }
    fn family(&self) -> FontFamily<'_> {
        FontFamily::Monospace
    }
    fn anchor(&self) -> Pos {
        Pos::new(HPos::Left, VPos::Top)
    }
    fn layout_box(&self, _: &str) -> Result<((i32, i32), (i32, i32)), Infallible> {
        Ok(((0, 0), (1, 1)))
    }
    fn draw<E, D: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        _: &str,
        _: (i32, i32),
        _: D,
    ) -> Result<Result<(), E>, Infallible> {
        Ok(Ok(()))
    }
}

fn main() {
    for size in [12.4, 24.8, 31.0] {
        let mut picture = String::new();
        let mut backend = plotters_svg::SVGBackend::with_string(&mut picture, (100, 50));
        backend.draw_text("walk", &Text(size), (10, 10)).unwrap();
        backend.present().unwrap();
        drop(backend);
        let written = picture.split("font-size=\"").nth(1).unwrap().split('"').next().unwrap();
        println!("size {size}: font-size {written}");
    }
}
RUST

seen=$(cd "$folder" && CARGO_HOME="$folder/cargo" CARGO_TARGET_DIR="$folder/target" \
  "$cargo" run --quiet)
expected='size 12.4: font-size 10
size 24.8: font-size 20
size 31: font-size 25'
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'the behaviour has changed; it was:\n%s\n' "$expected" >&2
  exit 1
fi
