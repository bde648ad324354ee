"""The names of PyTorch's that docs/operators.md leaves out, by subject: patterns as of file names, where
``*`` stands for anything."""

from fnmatch import fnmatchcase

LEFT_OUT = {
    "complex numbers": """
        *complex* *view_as_real* *polar *is_conj* *is_neg *conj_physical* *resolve_* *chalf* *cfloat*
        *cdouble* imag *adjoint H mH *istft* *stft* *vdot_c*
    """,
    "sparse, quantized and nested tensors": """
        *sparse* *coalesce* *_indices *indices *crow* *ccol* *smm *sspaddmm* *hspmm* values *col_indices*
        *dense_dim* *to_dense* *to_mkldnn* *quanti* q_* qscheme *int_repr* *dequant* *choose_qparams*
        *fake_* *nested*
    """,
    "named dimensions": "names *rename* *refine_names* *align_* *has_names*",
    "memory and its layout": """
        *storage* *data_ptr* *is_set_to* *resize* set_ *layout* *memory_format* *dim_order*
        *empty_permuted* *empty_strided* *to_padded* *slice_inverse* *pin_memory* *is_pinned*
        *share_memory* *is_shared* *_copy *dlpack* *from_file* *frombuffer* *asarray* *itemsize* *nbytes*
    """,
    "devices and their libraries": """
        *cudnn* *miopen* *mkldnn* *mps* *xpu* *ipu* *vulkan* *meta *xla* *hpu* *mtia* *privateuse* *maia*
        *cuda *is_cpu* *fbgemm* *nnpack* *has_cuda* *get_device* *kernel* *record_stream*
    """,
    "what a tensor is and holds": """
        data dtype device shape type to cpu numpy item tolist new grad* *requires_grad* *retain* *is_leaf*
        *name *volatile* *output_nr* *map_* *map2_* *apply_* *reinforce* *is_distributed* *obj
        *is_inference *version* *scalar_tensor
    """,
    "modes and settings": """
        *deterministic* *thread* *warn* *flush* *vitals* *seed* *rng* *default_generator* *autocast*
        *anomaly* *_mode *is_grad_enabled* *set_grad_enabled* *is_inference_mode* *get_default*
        *set_default* *set_printoptions* *set_float32* *get_float32* *_backend* *is_storage* *is_warn*
    """,
    "running, saving and compiling": """
        *vmap* *cond *while_loop* *compile* *export* *load* *save* *module_load* *hook* *backward *import*
        *jit* *script* *futures* fork* wait* *dynamo* *overrides* *torch_function* *as_subclass* *profil*
        *monitor* *record_function* *prepare_multiprocessing* *typename* *classproperty* *get_file_path*
        *merge_type* *parse_* *assert_*
    """,
    "functions behind others": """
        *_symint* *sym_* *unsafe_* *native_* *batch_norm_* *rnn_* *lstm *gru *_cell *lstm_cell* *gru_cell*
        *conv_tbc* *grid_sampler* *affine_grid_gen* *norm_except_dim* *segment_reduce* *scaled_*
        *grouped_mm* *linear_cross_entropy* *nonzero_static* *constant *hash_tensor* *unify* index
        convolution
    """,
    "names that PyTorch itself has removed or replaced": """
        symeig eig *saddmm* *spmm* *upsample_* common_args multi_dim_common torch
    """,
    "types and constants": """
        [A-Z]* float* double* half* int* long* short* bool* bits* uint* bfloat* char* byte* e pi inf nan
        newaxis* strided* jagged* per_* contiguous_format* channels_last* preserve_format* chalf*
    """,
}


def left_out(name: str) -> bool:
    """Whether the table says nothing of this name."""
    return name.startswith("_") or any(
        fnmatchcase(name, pattern) for patterns in LEFT_OUT.values() for pattern in patterns.split()
    )
