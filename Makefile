# The one front door. What each of these does is in the script that it calls.
.PHONY: build test check-asan check-tsan fuzz lint format run bench chaos clean

build:
	tools/install check
	cmake --preset dev -Wno-dev
	ninja -C build/dev

test:
	./check

# All tests, looking for wrong memory accesses, leaks and undefined behaviour; and those of common/ for data races.
check-asan:
	./check --preset asan

check-tsan:
	./check --preset tsan --in common

# What reads outside text, with inputs that nobody thought of; SECONDS=600 is ten minutes each.
fuzz:
	tools/install check
	tools/fuzz --seconds $(or $(SECONDS),60)

lint:
	tools/lint

format:
	tools/lint --fix

run:
	./quickstart

# A quarter of an hour; LARGE=1 adds stores with millions of records more.
bench:
	tools/install run
	cmake --preset release -Wno-dev
	ninja -C build/release amikeco-bench
	$(if $(LARGE),AMIKECO_BENCH_LARGE=1) build/release/bin/amikeco-bench

# LONG=1: hours.
chaos:
	tools/chaos $(if $(LONG),long)

clean:
	rm -rf build
