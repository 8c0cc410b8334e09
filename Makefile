# Pagewalk. `make` alone lists the targets.

.DEFAULT_GOAL := help
.PHONY: help setup run test quick lint bench waves plots ideas figures export demo fpga fpga-report
.PHONY: mutants suites linux linux-defects soak lockstep page screenshots site clean

CARGO    := cargo
COMMAND  := $(CARGO) run --quiet --release --package testbenches --bin pagewalk --
TRACES   := testbenches/data/traces
TRACE    := $(TRACES)/sort.lackey.zst
WAVE     := waves/out

help:
	@awk -F ': .*## ' '/^[a-z-]+: .*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install the third-party tools that the tests use (apt; idempotent)
	@scripts/setup.sh

run: ## Build, run a real program's memory trace through the MMU, write a waveform
	@scripts/need-cargo.sh
	$(CARGO) build --release --package testbenches
	$(COMMAND) trace $(TRACE) --wave --wave-from 0 --wave-cycles 20000
	@scripts/next.sh $(WAVE)

test: setup ## Run every test: blocks, scenarios, vectors, Verilog in two simulators, Chromium
	@scripts/need-cargo.sh
	@scripts/page.sh ready
	$(CARGO) test --workspace
	@scripts/page.sh test

# Slow tests are left to `make test`: whole scenarios on two engines, other simulators, studies.
SLOW := scenarios:: scenarios_catch:: engines:: skip:: cosim:: verilog:: waves:: bench:: soak:: \
    segment:: demo::the_ ideas::the_pages show::pages_ show::pictures_

quick: ## Most of the tests, in under two minutes of CPU once built
	@scripts/need-cargo.sh
	$(CARGO) test --workspace --lib
	$(CARGO) test --package testbenches --test all -- $(addprefix --skip ,$(SLOW))

lockstep: ## Compare every configuration with its Verilog for 200,000 cycles each
	@scripts/need-cargo.sh
	$(CARGO) test --release --package testbenches --test all -- --ignored --nocapture every_configuration_agrees

lint: ## Formatting, clippy and rustdoc, warnings as errors
	@scripts/need-cargo.sh
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps

bench: ## Cycles and translations per second, compared with Verilator
	@scripts/need-cargo.sh
	$(CARGO) bench --package testbenches --bench mmu
	$(COMMAND) bench
	$(COMMAND) bench --show

waves: ## Record the waves in the documents and draw their pictures
	@scripts/need-cargo.sh
	scripts/pictures.sh

# Those that docs/results.md compares.
ORGANISATIONS := rv64_tiny,rv64_small,rv64_linux,rv64_linux+replacement=lru,rv64_linux+replacement=plru,rv64_linux+replacement=lru+ways=4,rv64_large,rv64_huge,rv64_small+walk_cache=4,rv64_linux+walk_cache=8,rv64_tiny+l2=64,rv64_small+l2=128,rv64_linux+l2=64,rv64_linux+l2=512,rv64_linux+l2=2048,rv64_small+l2=512+walk_cache=4,rv64_linux+walkers=2,rv64_linux+walk_cache=8+l2=512+walkers=2

plots: ## Run every study, plot it and the curves of the documents into docs/images/plots
	@scripts/need-cargo.sh
	$(COMMAND) explore --all --plot docs/images/plots
	set -e; for trace in sort transpose; do \
	  $(COMMAND) trace $(TRACES)/$$trace.lackey.zst --config $(ORGANISATIONS) --plot docs/images/plots; \
	done
	$(COMMAND) curve $(TRACES)/transpose.lackey.zst --of frames --plot docs/images/plots > /dev/null
	$(COMMAND) curve $(TRACES)/transpose.lackey.zst --of working-set --plot docs/images/plots > /dev/null
	$(COMMAND) curve $(TRACES)/transpose.lackey.zst --of working-set --tau 10000 --plot docs/images/plots > /dev/null

ideas: screenshots ## Draw the pictures of docs/ideas
	@scripts/need-cargo.sh
	scripts/pictures.sh images/ideas

figures: ## Update the figures and outputs quoted in documents, slow ones included
	@scripts/need-cargo.sh
	PAGEWALK_UPDATE=1 $(CARGO) test --release --package testbenches --test all -- \
	  --include-ignored figures:: ideas:: plan:: conform:: demo:: mutants::every_mutant_still_has_its_place
	PAGEWALK_UPDATE=1 $(CARGO) test --release --package testbenches --lib watch::tests::the_picture

export: ## Write the Verilog of every configuration into export/
	@scripts/need-cargo.sh
	@set -e; for config in rv32_tiny rv32_small rv32_linux rv32_large rv32_huge \
	    rv64_tiny rv64_small rv64_linux rv64_large rv64_huge \
	    rv64_linux_napot rv64_linux_pbmt rv64_linux_rva23 rv64_linux_ext \
	    rv64_linux_walk rv64_linux_overlap rv64_linux_l2 rv64_linux_line \
	    rv32_linux_full rv64_linux_full \
	    rv32_small_pmp rv32_linux_pmp rv64_linux_pmp rv64_linux_pbmt_pmp \
	    rv64_linux_rva23_pmp rv64_linux_protected rv64_linux_traced \
	    rv64_linux_lru rv64_linux_plru rv64_linux_nmr rv64_linux_random \
	    rv64_linux_ways4 rv64_linux_fetch8 rv64_linux_registered rv64_linux_pages \
	    rv32_tiny_registered rv32_micro rv64_sv39 rv64_sv39_small \
	    rv64_linux_one_port rv32_tiny_one_port \
	    segment_toy segment_4 segment_8 segment_16 \
	    shim_swap_rv32 shim_swap_rv64 shim_narrow_rv32 shim_narrow_rv64 \
	    shim_walker_axi4_rv32 shim_walker_axi4_rv32_d64 shim_walker_axi4_rv64 \
	    shim_walker_axi4_rv64_a56 shim_walker_axi_lite_rv32 shim_walker_axi_lite_rv64 \
	    shim_walker_wishbone_rv32 shim_walker_wishbone_rv32_d64 shim_walker_wishbone_rv64 \
	    shim_data_axi4_rv32 shim_data_axi4_rv32_d64 shim_data_axi4_rv64 \
	    shim_data_axi4_rv64_a56 shim_data_axi_lite_rv32 shim_data_axi_lite_rv64 \
	    shim_data_wishbone_rv32 shim_data_wishbone_rv32_d64 shim_data_wishbone_rv64; do \
	  $(COMMAND) export $$config -o export --check; \
	done

demo: ## Two public cores and the MMU in Verilator and Icarus: virtual memory on a console
	@demo/scripts/simulate.sh

fpga: ## Bitstream of the demonstration: make fpga BOARD=ulx3s, or BOARD=icebreaker
	@demo/scripts/fpga.sh $(BOARD)

fpga-report: ## Size and clock of configurations on FPGAs, three seeds each, into docs/results.md
	@scripts/fpga/report.py

screenshots: ## Draw the pictures of pages of `pagewalk show`, in Chromium
	@scripts/need-cargo.sh
	@PAGEWALK="$(COMMAND)" scripts/page.sh draw

site: ## All documents as a static site in target/site, with the runs that they show
	@scripts/need-cargo.sh
	@mkdir -p target
	@$(CARGO) run --quiet --package site -- --output target/site -- $(COMMAND)

page: ## Bundle the page of `pagewalk show`, and test it in Chromium (node, npm, chromium)
	@scripts/page.sh build

mutants: ## Plant defects of real MMUs and kernels, and check that every one is caught
	@scripts/need-cargo.sh
	$(CARGO) test --release --package testbenches --test all mutants:: -- --ignored --nocapture \
	  --skip mutants::linux::

suites: ## Fetch and build the public test programs riscv-tests, and run them with `pagewalk exec`
	@scripts/need-cargo.sh
	@scripts/suites.sh

linux: ## Boot Debian's Linux in every way that docs/linux.md tells, and update its figures (apt)
	@scripts/need-cargo.sh
	scripts/linux/report.py

linux-defects: ## Boot Debian's Linux on defective MMUs, for the table of docs/linux.md (apt)
	@scripts/need-cargo.sh
	PAGEWALK_UPDATE=1 $(CARGO) test --release --package testbenches --test all mutants::linux:: \
	  -- --ignored --nocapture

soak: ## A million steps of random programs under each scheme and policy, then with errors
	@scripts/need-cargo.sh
	$(COMMAND) soak
	$(COMMAND) soak --ops 100000 --seed 100001 --bus-errors 200 --disk-errors 2000

clean: ## Remove everything that was built or generated
	$(CARGO) clean
	rm -rf export demo/build target/site $(WAVE)
