#!/usr/bin/env sh
# Prints how to install Rust if it is missing, instead of "command not found".
if ! command -v cargo > /dev/null 2>&1; then
  echo "error: cargo is missing; install Rust as https://rustup.rs says, then try again" >&2
  exit 2
fi
