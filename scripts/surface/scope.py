"""What is out of scope, by rule, and which differences are meant: patterns as of file names, where ``*``
stands for anything."""

from fnmatch import fnmatchcase

UNREAD = """
    torch._* torch.ao* torch.distributed* torch.onnx* torch.jit* torch.fx* torch.testing._* torch.cuda*
    torch.xpu* torch.mps* torch.mtia* torch.export* torch.package* torch.sparse torch.sparse.*
    torch.nested* torch.quantization* torch.contrib* torch.compiler* torch.backends* torch.bin* torch.lib
    torch.include* torch.share* torch.headeronly* torch.numa* torch.nativert* torch.cpu* torch.monitor*
    torch.nn.intrinsic* torch.nn.qat* torch.nn.quant* torch.nn.backends* torch.nn.cpp*
    torch.nn.attention.experimental* torch.nn.attention.flex* torch.nn.attention.varlen*
    torch.nn.parallel.distributed* torch.utils.benchmark.examples* torch.utils.benchmark.op_fuzzers*
    torch.utils.benchmark.utils.c*p* torch.utils.benchmark.utils.*fuzz*
    torch.utils.benchmark.utils.valgrind* torch.utils.bundled* torch.utils.collect* torch.utils.cpp*
    torch.utils.data.datapipes* torch.utils.data.graph* torch.utils.data.backward* torch.utils.debug*
    torch.utils.file_baton* torch.utils.hipify* torch.utils.jit* torch.utils.mkldnn* torch.utils.mobile*
    torch.utils.model_dump* torch.utils.show_pickle* torch.utils.throughput* torch.utils.viz*
    torch.utils.serialization* torch.utils.backend* torch.utils.backcompat* torch.profiler.python*
    torch.profiler.itt* torch.multiprocessing.* torch.library* torch.ops* torch.classes*
    torch.masked.maskedtensor.*y torch.masked.maskedtensor.pass* torch.masked.maskedtensor.red*
    torch.accelerator.graphs* torch.autograd.profiler_* torchvision._* torchvision.extension*
    torchvision.io* torchvision.prototype* torchvision.version* torchvision.models.quantization*
    torchvision.models.video* torchvision.models.optical* torchvision.models.detection*
"""
"""Packages and modules that are not looked into: each is about one of the rules below as a whole."""

OUT_OF_SCOPE = {
    "complex numbers": """
        *complex* *view_as_real* *.polar *is_conj* *is_neg *conj_physical* *resolve_* *chalf* *cfloat*
        *cdouble* *.imag *adjoint torch.Tensor.H torch.Tensor.mH *istft* *stft* *vdot_c* *ComplexStorage
        torch.fft* *Complex*Storage* torch.linalg.eigvals torch.linalg.eig
    """,
    "sparse, quantized and nested tensors": """
        *sparse_* *_sparse* *.sparse* *Sparse* *coalesce* torch.Tensor.*indices torch.Tensor.values
        torch.dsmm torch.hsmm
        *crow* *ccol* *.smm *sspaddmm* *hspmm* *.*saddmm *.*spmm *col_indices* *dense_dim* *to_dense*
        *to_mkldnn* *quant* *.q_* *qscheme *.int_repr *.choose_qparams* *.fake_* *nested* *.per_tensor*
        *.per_channel* *.jagged *.qint* *.quint* *QInt* *QUInt* *.fused_moving* *to_padded_tensor*
    """,
    "named dimensions": "*.names *.rename* *.refine_names *.align_* *.has_names",
    "formats of numbers that NumPy has not": """
        *bfloat16* *BFloat16* *float8* *float4* *.bits* *.int1 *.int2 *.int3 *.int4 *.int5 *.int6 *.int7
        torch.nn.functional.scaled_mm *.uint1 *.uint2 *.uint3 *.uint4 *.uint5 *.uint6 *.uint7
    """,
    "devices and their libraries": """
        *cudnn* *miopen* *mkldnn* *.mps* *xpu* *ipu* *vulkan* *xla* *hpu* *mtia* *privateuse* *maia*
        *fbgemm* *nnpack* *has_cuda* *has_mps* *record_stream* *.has_mkl* *.has_lapack *.has_openmp
        *.has_spectral *use_kineto* *kineto* torch.Stream* torch.Event* torch.utils.dlpack.DLDeviceType*
        *torch.version.hip *torch.version.rocm torch.version.xpu *cuda_* *.AcceleratorError
        torch.autograd.graph.set_*_stream* *_nvprof* torch.profiler_allow_cudagraph*
    """,
    "type variables and types of signatures": """
        torch.*.T torch.*.R torch.*.D torch.*.T_module torch.*.ConvT torch.*.LinearT *.BroadcastingList?
    """,
    "training in several processes": """
        torch.nn.parallel.DistributedDataParallel*
    """,
    "compiling, tracing and scripting": """
        torch.CompleteArgumentSpec* torch.ConcreteModuleTypeBuilder* torch.DeepCopyMemoTable torch.AVG
        torch.SUM torch.autograd.graph.region_activation_memory_budget
        *.is_compile_supported *.lazy_compile *.maybe_cast torch.nn.functional.boolean_dispatch
        torch.nn.functional.assert_int_or_pair
        *jit* *Script* *.Sym* *.sym_* *dynamo* *.vmap_* torch.cond *while_loop* torch.export* torch.fork
        torch.wait torch.import_ir* torch.parse_* torch.merge_type* torch.unify* torch.*Graph
        torch.*Graph.* torch.*GraphExecutor* torch.???Type torch.????Type torch.?????Type
        torch.??????Type torch.*????Type torch.???Type.* torch.*??Type.* torch.Type torch.Type.*
        torch.Node* torch.Block* torch.Use* torch.Value* torch.Argument* torch.Code* torch.Capsule*
        torch.FileCheck* torch.*Schema* torch.Decl* torch.CallStack* torch.Dispatch* torch.ErrorReport*
        torch.Execution* torch.Gradient* torch.IO* torch.Inferred* torch.Lite* torch.AliasDb*
        torch.AggregationType* torch.*Module torch.*Module.* torch.CompilationUnit* torch.TracingState*
        torch.Tag* torch.*OperatorInfo* torch.Benchmark* torch.BufferDict* torch.ModuleDict*
        torch.ParameterDict* torch.StaticModule* torch.Deserial* torch.Serial* torch.Py*
        torch.ThroughputBenchmark* torch.*Logger* torch.compiled*
        torch.utils.get_cpp_backtrace torch.StorageBase*
        torch.default_generator.* torch.fork torch.freeze* torch.get_file_path torch.read_vitals
        torch.set_vital torch.vitals_enabled torch.prepare_multi* torch.classproperty*
        torch.ScriptObject* torch.Stream*
    """,
    "functions behind others": """
        *_symint* torch.unsafe_* torch.native_* torch.batch_norm_* torch.rnn_* torch.lstm torch.gru
        torch.*_cell torch.conv_tbc torch.grid_sampler* torch.affine_grid_gen*
        *segment_reduce* torch.scaled_* *grouped_mm* *linear_cross_entropy* torch.*nonzero_static*
        torch.hash_tensor torch.convolution torch.*_copy torch.*_copy_ *.constant_pad_nd
        torch.slice_inverse torch.torch torch.alpha_dropout_ torch.dropout_ torch.feature_*
        torch.embedding_renorm_ torch.*has_torch_function* *.native_channel_shuffle torch.*common_args
        torch.rms_norm_* torch.fused_* torch.is_vulkan* *slow_conv* *.conv_tbc torch.*_backward
        torch.*_backward_data torch.layer_norm_* *_reinforce *.reinforce* *batch_norm_*_elemt
        *.*_notifier torch.autograd.NestedIOFunction* torch.autograd.function.*Function.*
        torch.autograd.function.FunctionCtx.* torch.autograd.function.*Base*
        torch.autograd.Function.boxed* torch.autograd.Function.clear* torch.autograd.Function.dirty*
        torch.autograd.Function.mater* torch.autograd.Function.maybe* torch.autograd.Function.meta*
        torch.autograd.Function.n* torch.autograd.Function.regi* torch.autograd.Function.req*
        torch.autograd.function.FunctionMeta torch.autograd.function.BackwardC*
        torch.autograd.variable.VariableMeta torch.utils.checkpoint.CheckpointFunction.boxed*
        torch.utils.checkpoint.CheckpointFunction.clear*
        torch.utils.checkpoint.CheckpointFunction.dirty*
        torch.utils.checkpoint.CheckpointFunction.mater*
        torch.utils.checkpoint.CheckpointFunction.maybe*
        torch.utils.checkpoint.CheckpointFunction.meta*
        torch.utils.checkpoint.CheckpointFunction.n*
        torch.utils.checkpoint.CheckpointFunction.regi*
        torch.utils.checkpoint.CheckpointFunction.req*
        torch.utils.checkpoint.CheckpointFunction.save*
        torch.utils.checkpoint.CheckpointFunction.to_*
        torch.autograd.Function.save* torch.autograd.Function.to_* torch.nn.RNNBase.check_*
        torch.nn.RNNBase.get_exp* torch.nn.RNNBase.perm* torch.nn.LSTM.check_* torch.nn.LSTM.get_exp*
        torch.nn.LSTM.perm* *.merge_masks torch.Tensor.index torch.Tensor.unsafe_*
        torch.Tensor.*slice_inverse* *hash_tensor *.func.debug_unwrap
    """,
    "names that PyTorch itself has removed or replaced": """
        *.symeig *.Tensor.eig torch.eig *.lstsq *.solve *.matrix_rank *.*volatile* *.is_distributed
        *.upsample_* *.profiler_legacy*
    """,
    "torchvision's collections of networks and data sets beyond the everyday ones": """
        torchvision.datasets.* torchvision.models.*
    """,
    "what torchvision asks of boxes, masks, key points, optical flow and videos": """
        torchvision.tv_tensors* torchvision.transforms.v2.functional.*_* *BoundingBox* *KeyPoint*
        *Keypoint* *keypoints* *IoUCrop* *ClampingMode* *Video* *video* *_mask *_boxes*
        torchvision.utils.flow_to_image torchvision.utils.draw_segmentation_masks *boxes_*
    """,
}
"""The rules, and the names that each is about."""

IN_SCOPE = """
    torchvision.datasets torchvision.datasets.[EK]MNIST* torchvision.datasets.MNIST*
    torchvision.datasets.FashionMNIST* torchvision.datasets.CIFAR* torchvision.datasets.FakeData*
    torchvision.datasets.ImageFolder* torchvision.datasets.DatasetFolder*
    torchvision.datasets.VisionDataset* torchvision.models torchvision.models.resnet*
    torchvision.models.ResNet* torchvision.models.vgg* torchvision.models.VGG*
    torchvision.models.alexnet* torchvision.models.AlexNet* torchvision.models.mobilenet*
    torchvision.models.MobileNet* torchvision.models.densenet* torchvision.models.DenseNet*
    torchvision.models.squeezenet* torchvision.models.SqueezeNet* torchvision.models.wide_resnet*
    torchvision.models.get_model* torchvision.models.list_models torchvision.models.get_weight
    torch.Tensor.T torch.is_complex torch.Tensor.is_complex torch.dtype.is_complex torch.Tensor.is_sparse
    torch.Tensor.is_quantized torch.Tensor.is_mkldnn torch.Tensor.is_nested torch.is_conj torch.is_neg
    torch.resolve_conj torch.resolve_neg torch.Tensor.resolve_conj torch.Tensor.resolve_neg
    torch.Tensor.is_conj torch.Tensor.is_neg torch.conj torch.Tensor.conj torch.fft.fftfreq
    torch.fft.rfftfreq torch.fft.fftshift torch.fft.ifftshift torch.nn.modules.sparse*
    torch.optim.SparseAdam* torch.optim.sparse_adam* torch.lstsq torch.linalg.lstsq torch.linalg.solve
    torch.linalg.solve_* torch.linalg.matrix_rank torch.nn.LSTM torch.nn.GRU torch.utils.data.*
    torch.distributed
"""
"""Names that a pattern above would take for its own."""

ARGUED = {
    "the function of nn.functional, without the further results of PyTorch's C++": "torch.embedding_bag(*)",
    "a dtype of the result for GPUs": "torch.*(out_dtype) torch.Tensor.*(out_dtype)",
    "files of torch.save hold no code, so there is no pickle module to choose": """
        torch.save(pickle_*) torch.load(pickle_*) torch.save(_*) torch.load(*_args)
    """,
    "made by NumPy: a dtype is a name and NumPy's dtype": """
        torch.dtype(*) torch.memory_format(*) torch.layout(*)
    """,
    "a number may stand in the place of src": "torch.scatter(value) torch.Tensor.scatter*(value)",
    "out by keyword, where every other function has it": "torch.norm(*) torch.tensordot(out)",
    "removed, and an error here as there": "torch.lstsq(*)",
    "classes answer by Python's operators and NumPy's protocols, calls are not handed on to them": """
        torch.overrides.TorchFunctionMode.push torch.overrides.enable_reentrant_dispatch
        torch.overrides.get_overridable_functions torch.overrides.get_testing_overrides
        torch.overrides.redispatch_function torch.nn.functional.handle_torch_function
    """,
    "a file holds no code, so nothing in it is unsafe": "torch.serialization.get_unsafe_globals*",
    "what one backward pass recomputes is not kept for another": "torch.utils.checkpoint.GraphExecGroup",
    "files are fetched one by one, when a data set is made with download=True": """
        torchvision.datasets.*.download torchvision.datasets.*.resources torchvision.datasets.*_file
        torchvision.datasets.CIFAR*.meta
    """,
    "a plan of a network here, in torchvision a recipe that is scaled": """
        torchvision.models.mobilenetv3.InvertedResidual*
    """,
    "patterns in the words of einops, which runs on tensors here": "torch.func.rearrange",
    "what is freed is not seen by those who watch operators": "torch.profiler.profile.export_memory*",
    "its files are replayed by programs for PyTorch's own operators": """
        torch.profiler.ExecutionTraceObserver* torch.profiler.profiler.ExecutionTraceObserver
    """,
    "a node of PyTorch's has a dict there too": "torch.autograd.graph.Node.metadata",
    "counts instructions of PyTorch's own C++ under Valgrind": """
        torch.utils.benchmark.*allgrind* torch.utils.benchmark.FunctionCount*
        torch.utils.benchmark.Timer.collect_callgrind torch.utils.benchmark.utils.timer.CPPTimer*
    """,
    "a counter, a switch or a type of PyTorch's own build": """
        torch.Disable* torch.ExcludeDispatchKeyGuard torch.FatalError torch.JITException
        torch.PRIVATE_OPS torch.TYPE_CHECKING torch.USE_* torch.init_num_threads
        torch.autocast_*_nesting torch.clear_autocast_cache torch.is_autocast_cache_enabled
        torch.set_autocast_cache_enabled torch.legacy_contiguous_format
    """,
    "points that fill space evenly are not drawn here": "torch.quasirandom*",
}
"""Why names, or arguments of them (``torch.load(pickle_module)``), differ on purpose."""


REFUSED = """
    torch.tensor(dtype) torch.tensor(device) torch.tensor(requires_grad) torch.tensor(pin_memory)
    torch.Tensor.new_tensor(dtype) torch.Tensor.new_tensor(device) torch.Tensor.new_tensor(requires_grad)
    torch.Tensor.new_tensor(pin_memory) torch.subtract(alpha) torch.Tensor.subtract(alpha)
    torch.Tensor.subtract_(alpha) torch.rsub(alpha) torch.nn.functional.gelu(approximate)
    torch.Tensor.add(out) torch.Tensor.mul(out) torch.Tensor.sub(out) torch.Tensor.floor_divide(out)
    torch.Tensor.true_divide(out) torch.Tensor.requires_grad_(mode) torch.Tensor.to(other)
    torch.linalg.matrix_exp(out) torch.Tensor.new(cls)
"""
"""What PyTorch's stubs say that its functions take, or take by position, and they refuse: TypeError."""


def refused(argument: str) -> bool:
    """Whether PyTorch refuses an argument that its stubs tell of, unless by keyword, or altogether."""
    return argument in REFUSED.split()


def unread(name: str) -> bool:
    """Whether a module is not looked into."""
    return any(fnmatchcase(name, pattern) for pattern in UNREAD.split())


def rule(name: str) -> str | None:
    """The rule by which a name is out of scope; None where none is."""
    if any(fnmatchcase(name, pattern) for pattern in IN_SCOPE.split()):
        return None
    for why, patterns in OUT_OF_SCOPE.items():
        if any(fnmatchcase(name, pattern) for pattern in patterns.split()):
            return why
    return None


def argued(name: str) -> str | None:
    """Why a name, or an argument of it, differs on purpose; None where nothing is said."""
    for why, patterns in ARGUED.items():
        if any(fnmatchcase(name, pattern) for pattern in patterns.split()):
            return why
    return None
