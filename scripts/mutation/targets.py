"""Which files are mutated, which tests they have, and which mutants are no faults."""

_DATA = "tests/utils/data/test_loader.py tests/utils/data/test_resume.py"

ENGINE: dict[str, str] = {
    "autograd_cnn/_engine/node.py": (
        "tests/engine/test_node.py tests/engine/test_recording.py tests/engine/test_hooks.py"
    ),
    "autograd_cnn/_engine/sort.py": "tests/engine/test_sort.py tests/engine/test_backward.py",
    "autograd_cnn/_engine/backward.py": (
        "tests/engine/test_backward.py tests/engine/test_hooks.py tests/engine/test_node.py "
        "tests/engine/test_inplace.py tests/engine/test_differentiate.py "
        "tests/ops/test_primitive.py tests/engine/test_memory.py tests/autograd "
        "tests/reliability/test_wide_and_deep.py"
    ),
    "autograd_cnn/_engine/checks.py": (
        "tests/engine/test_backward.py tests/engine/test_memory.py tests/engine/test_lending.py "
        "tests/engine/test_recording.py tests/ops/test_primitive.py"
    ),
    "autograd_cnn/_engine/recording.py": (
        "tests/engine/test_recording.py tests/engine/test_lending.py tests/engine/test_modes.py "
        "tests/autograd"
    ),
    "autograd_cnn/_engine/observers.py": (
        "tests/engine/test_modes.py tests/engine/test_recording.py tests/explain/test_words.py"
    ),
    "autograd_cnn/_tensor/tensor.py": (
        "tests/tensor/test_tensor.py tests/engine/test_modes.py tests/engine/test_inplace.py "
        "tests/ops/test_primitive.py tests/engine/test_lending.py tests/engine/test_recording.py "
        "tests/engine/test_differentiate.py tests/engine/test_backward.py tests/autograd tests/amp "
        "tests/devices/test_devices.py"
    ),
    "autograd_cnn/_engine/differentiate.py": (
        "tests/engine/test_differentiate.py tests/engine/test_modes.py "
        "tests/engine/test_backward.py tests/engine/test_memory.py tests/engine/test_hooks.py "
        "tests/autograd tests/engine/test_inplace.py tests/devices/test_devices.py"
    ),
    "autograd_cnn/_engine/gradients.py": (
        "tests/engine/test_gradient_memory.py tests/engine/test_backward.py "
        "tests/engine/test_differentiate.py tests/engine/test_modes.py"
    ),
    "autograd_cnn/_engine/hooks.py": (
        "tests/engine/test_hooks.py tests/engine/test_node.py tests/engine/test_inplace.py"
    ),
    "autograd_cnn/_engine/inplace.py": (
        "tests/engine/test_inplace.py tests/tensor/methods/test_inplace_methods.py "
        "tests/engine/test_memory.py tests/engine/test_recording.py tests/devices/test_devices.py "
        "tests/functions/test_indexing.py"
    ),
    "autograd_cnn/_engine/memory.py": (
        "tests/engine/test_memory.py tests/engine/test_lending.py tests/engine/test_inplace.py "
        "tests/creation/test_exchange.py"
    ),
    "autograd_cnn/_engine/modes.py": (
        "tests/engine/test_modes.py tests/autograd tests/nn/functional/test_fused.py "
        "tests/devices/test_threads.py tests/explain/test_draw.py"
    ),
    "autograd_cnn/_engine/handle.py": "tests/engine/test_inplace.py tests/engine/test_backward.py",
    "autograd_cnn/_engine/operands.py": (
        "tests/tensor/test_tensor.py tests/ops/test_primitive.py "
        "tests/tensor/test_numpy_protocol.py tests/devices/test_devices.py "
        "tests/functions/test_elementwise.py tests/functions/test_forms.py"
    ),
}
"""Each file of the engine, with its tests, those that say most about it first."""

LOADERS: dict[str, str] = {
    "autograd_cnn/_files/serialization.py": (
        "tests/files/test_serialization.py tests/reliability/test_hostile_files.py "
        "tests/files/test_torch_zip.py"
    ),
    "autograd_cnn/_files/torch_zip.py": (
        "tests/files/test_torch_zip.py tests/files/test_serialization.py "
        "tests/reliability/test_hostile_files.py"
    ),
    "autograd_cnn/_files/atomic.py": "tests/files/test_atomic.py",
    "autograd_cnn/datasets/cifar.py": "tests/datasets/test_images.py",
    "autograd_cnn/datasets/_download.py": "tests/datasets/test_mnist.py tests/datasets/test_images.py",
    "autograd_cnn/datasets/folder.py": "tests/datasets/test_images.py",
    "autograd_cnn/datasets/_idx.py": "tests/datasets/test_mnist.py tests/reliability/test_hostile_files.py",
    "autograd_cnn/datasets/mnist.py": "tests/datasets/test_mnist.py",
    "autograd_cnn/utils/data/_utils/collate.py": _DATA,
    "autograd_cnn/utils/data/dataset.py": _DATA,
    "autograd_cnn/utils/data/_utils/fetch.py": f"{_DATA} tests/utils/data/test_workers.py",
    "autograd_cnn/utils/data/_info.py": "tests/utils/data/test_workers.py",
    "autograd_cnn/utils/data/dataloader.py": f"{_DATA} tests/utils/data/test_workers.py",
    "autograd_cnn/utils/data/_parcel.py": "tests/utils/data/test_workers.py",
    "autograd_cnn/utils/data/_pool.py": "tests/utils/data/test_workers.py",
    "autograd_cnn/utils/data/_random_states.py": f"{_DATA} tests/utils/data/test_workers.py",
    "autograd_cnn/utils/data/sampler.py": _DATA,
    "autograd_cnn/utils/data/_utils/worker.py": (
        "tests/utils/data/test_workers.py tests/utils/data/test_resume.py"
    ),
}
"""Each file that reads or writes what comes from outside, likewise."""

NO_FAULT: dict[str, str] = {
    "autograd_cnn/_tensor/tensor.py record: array.dtype is not kind -> array.dtype is kind": (
        "promotes where it could have gone without"
    ),
    "autograd_cnn/_tensor/tensor.py record: plan.keep((*arrays, *(kept or (out,)))) if plan.names else () -> "
    "plan.keep((*arrays, *(kept or (out,))))": "of no names nothing is kept",
    "autograd_cnn/_engine/inplace.py InPlace._keep_old_value: 0 -> 1": "the limit is somebody's choice",
    "autograd_cnn/_engine/memory.py _note: 1 -> 2": "epochs are only compared",
    "autograd_cnn/_files/serialization.py _unpack: len(head) > _LARGE_HEADER -> len(head) >= _LARGE_HEADER": (
        "the limit is somebody's choice"
    ),
    "autograd_cnn/_engine/memory.py : 2 -> 3": "the limit is somebody's choice",
    "autograd_cnn/_engine/memory.py : 26 -> 27": "the limit is somebody's choice",
    "autograd_cnn/_engine/memory.py _checksum: array.reshape(-1)[:: array.nbytes // _WHOLE + 1] if "
    "array.flags.c_contiguous else "
    "array[tuple(slice(None, None, 1 + n // 64) for n in array.shape)] -> "
    "array[tuple((slice(None, None, 1 + n // 64) for n in "
    "array.shape))]": "another sample of the elements",
    "autograd_cnn/datasets/_download.py check_md5: False -> True": "where MD5 is allowed, it is the same",
    "autograd_cnn/datasets/_idx.py : 1 -> 2": "the limit is somebody's choice",
    "autograd_cnn/utils/data/sampler.py SubsetRandomSampler.__iter__: "
    "stream.randperm(len(self.indices), generator=self.generator).tolist() -> "
    "stream.randperm(len(self.indices), generator=self.generator)": "a tensor of one number is an index too",
    "autograd_cnn/utils/data/_utils/worker.py work: continue -> pass (2)": (
        "the pass ends with the first failure, of how many there are"
    ),
    "autograd_cnn/utils/data/_pool.py Worker.disconnect: self.connection.close() -> pass": (
        "it closes with the worker's last name"
    ),
    "autograd_cnn/utils/data/_pool.py Worker.answer: self.process.join(_PATIENCE if message is "
    "None else _PATIENCE / 10) -> pass": "a dead worker has mostly been waited for by then",
    "autograd_cnn/utils/data/_pool.py Pool.batches: 1 -> 2": "passes are only told apart",
    "autograd_cnn/utils/data/_utils/worker.py _send: 1 -> 2": (
        "nobody reads how a worker ends whose program is gone"
    ),
    "autograd_cnn/_files/torch_zip.py _Machine._spend: 0 -> 1": "the limit is somebody's choice",
    "autograd_cnn/utils/data/_utils/worker.py _listen: 1 -> 2": (
        "nobody reads how a worker ends whose program is gone"
    ),
    "autograd_cnn/utils/data/_parcel.py Parcel.open: self.close() -> pass": (
        "a descriptor goes with the worker instead"
    ),
    "autograd_cnn/utils/data/_parcel.py : 20 -> 21": "the limit is somebody's choice",
    "autograd_cnn/utils/data/_parcel.py send: sum(sizes) >= _MANY -> sum(sizes) > _MANY": (
        "the limit is somebody's choice"
    ),
    "autograd_cnn/utils/data/_parcel.py Parcel.__init__: buffer.raw() -> buffer": (
        "a file takes either, and NumPy's are in order"
    ),
    'autograd_cnn/utils/data/_parcel.py _nameless_file: hasattr(os, "memfd_create") -> not '
    "hasattr(os, 'memfd_create')": "either file has no name",
    "autograd_cnn/_files/atomic.py _opened: os.O_RDONLY | os.O_DIRECTORY -> os.O_RDONLY & os.O_DIRECTORY": (
        "the folder is one"
    ),
    "autograd_cnn/datasets/_download.py : 60 -> 61": "the limit is somebody's choice",
}
"""Mutants that behave as the file does, by their key, and why."""
