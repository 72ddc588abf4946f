"""What import-linter cannot say: the kernel stands on the standard library alone."""

import sys

import grimp


def test_the_kernel_imports_the_standard_library_only() -> None:
    graph = grimp.build_graph("asterism", include_external_packages=True)
    modules = {"asterism.kernel", *graph.find_descendants("asterism.kernel")}
    imported = {
        name.split(".")[0]
        for module in modules
        for name in graph.find_modules_directly_imported_by(module)
    }
    assert imported - {"asterism"} <= sys.stdlib_module_names


def test_nothing_in_the_product_knows_the_twin() -> None:
    graph = grimp.build_graph("asterism")
    importers = {
        module
        for twin in ("asterism.twin", *graph.find_descendants("asterism.twin"))
        for module in graph.find_modules_that_directly_import(twin)
        if not module.startswith("asterism.twin")
    }
    assert importers <= {"asterism.demo", "asterism.demo.bank", "asterism.demo.report"}
