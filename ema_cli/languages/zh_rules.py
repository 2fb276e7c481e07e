"""Chinese for the catalogue of rules. Names of frameworks, functions and settings, and formulas, stay as they are."""

STRINGS = {
    # what a rule is
    "the textbook's average, with the decay warming up": "课本上的滑动平均，衰减率有预热",
    "the textbook's average with a constant decay": "课本上的滑动平均，衰减率恒定",
    "tf.train.ExponentialMovingAverage of a variable": "tf.train.ExponentialMovingAverage，作用于变量",
    "tf.train.ExponentialMovingAverage, TF 2 eager: the first apply makes the shadow": (
        "tf.train.ExponentialMovingAverage，TF 2 eager：第一次 apply 时建立影子值"
    ),
    "tf.train.ExponentialMovingAverage of a Tensor (graph)": (
        "tf.train.ExponentialMovingAverage，作用于 Tensor（图模式）"
    ),
    "tf.train.ExponentialMovingAverage(zero_debias=True) of a Tensor (graph)": (
        "tf.train.ExponentialMovingAverage(zero_debias=True)，作用于 Tensor（图模式）"
    ),
    "compare_gan's generator average": "compare_gan 对生成器的平均",
    "Keras 3, SGD(1.0, use_ema=True, ema_overwrite_frequency=F): the params are gradients": (
        "Keras 3，SGD(1.0, use_ema=True, ema_overwrite_frequency=F)：参数是梯度"
    ),
    "Keras 3 BatchNormalization, moving_mean and moving_variance": (
        "Keras 3 BatchNormalization，moving_mean 和 moving_variance"
    ),
    "Keras 2 (tf-keras) BatchNormalization, not fused, moving_mean and moving_variance": (
        "Keras 2（tf-keras）BatchNormalization，非融合，moving_mean 和 moving_variance"
    ),
    "RLax create_ema, the mean": "RLax create_ema，均值",
    "AXLearn param_ema with decay_bias_correction": "AXLearn param_ema，用 decay_bias_correction",
    "torch AveragedModel(): the equal average, SWA": "torch AveragedModel()：等权平均，即 SWA",
    "k-diffusion EMAWarmup with ema_update": "k-diffusion EMAWarmup，配合 ema_update",
    "DINO, the teacher": "DINO 的教师网络",
    "TensorBoard's smoothing of a chart": "TensorBoard 的曲线平滑",
    # the effective decay
    "0 before start_step, then DECAY; dynamic: min(DECAY, (1 + k) / (10 + k)), k = iterations - start_step": (
        "start_step 之前为 0，之后为给定衰减率；dynamic：min(给定衰减率, (1 + k) / (10 + k))，"
        "k = iterations - start_step"
    ),
    "0 before start_step, then min(DECAY, (1 + k) / (10 + k)), k = iterations - start_step": (
        "start_step 之前为 0，之后为 min(给定衰减率, (1 + k) / (10 + k))，k = iterations - start_step"
    ),
    "0 while counter <= 0 in a warm-up, else DECAY": "预热期间 counter <= 0 时为 0，否则为给定衰减率",
    "1 - momentum; 1 - 1 / num_batches_tracked if momentum is none": (
        "1 - momentum；momentum 为 none 时是 1 - 1 / num_batches_tracked"
    ),
    "0 while x <= 0, then DECAY; use_warmup: 1 - (1 + x / warmup_gamma)^-warmup_power in [min_decay, DECAY]; x = step -"
    " update_after_step - 1": (
        "x <= 0 时为 0，之后为给定衰减率；use_warmup：1 - (1 + x / warmup_gamma)^-warmup_power，"
        "限制在 [min_decay, 给定衰减率]；x = step - update_after_step - 1"
    ),
    "1 - (1 + x / inv_gamma)^-power in [min_value, DECAY], x = step - update_after_step": (
        "1 - (1 + x / inv_gamma)^-power，限制在 [min_value, 给定衰减率]，x = step - update_after_step"
    ),
    "1 - (1 + x / inv_gamma)^-power in [min_value, DECAY], x = max(0, last_epoch - start_at)": (
        "1 - (1 + x / inv_gamma)^-power，限制在 [min_value, 给定衰减率]，x = max(0, last_epoch - start_at)"
    ),
    "0 while x <= 0, then min(DECAY, (1 + x) / (10 + x)); use_ema_warmup: 1 - (1 + x / inv_gamma)^-power; at least"
    " min_decay; x = optimization_step - update_after_step - 1": (
        "x <= 0 时为 0，之后为 min(给定衰减率, (1 + x) / (10 + x))；use_ema_warmup：1 - (1 + x / inv_gamma)^-power；"
        "不小于 min_decay；x = optimization_step - update_after_step - 1"
    ),
    "2^-(update_interval / half_life), or smoothing": "2^-(update_interval / half_life)，或者 smoothing",
    "0 while updates < ema_start_update, then DECAY": "updates < ema_start_update 时为 0，之后为给定衰减率",
    "DECAY; min(DECAY, (1 + k) / (decay_warm_up_factor + k)) if the factor isn't negative": (
        "给定衰减率；decay_warm_up_factor 不为负时是 min(给定衰减率, (1 + k) / (decay_warm_up_factor + k))"
    ),
    "1 - (1 + cos(pi epoch / epochs)) / 2 (1 - DECAY); DECAY without moco_m_cos": (
        "1 - (1 + cos(pi epoch / epochs)) / 2 (1 - 给定衰减率)；不用 moco_m_cos 时是给定衰减率"
    ),
    "1 - momentum; the weight goes from momentum_warmup to momentum in warmup_iters equal steps": (
        "1 - momentum；权重分 warmup_iters 步等距地从 momentum_warmup 变到 momentum"
    ),
    "1 - alpha, alpha = 1 / (1 + com); adjust: divided by the sum of the weights": (
        "1 - alpha，alpha = 1 / (1 + com)；adjust：再除以权重之和"
    ),
    # where it was read
    "textbook": "课本",
    "tensorflow 2.21.0 (the same in 1.15.0), tensorflow/python/training/moving_averages.py": (
        "tensorflow 2.21.0（1.15.0 相同），tensorflow/python/training/moving_averages.py"
    ),
    # its counter
    "the step as the script gives it; an update without one uses DECAY as it is": (
        "脚本给出的轮数；没有轮数的更新直接用给定衰减率"
    ),
    "what apply is given, usually the global step; without one DECAY is used": (
        "传给 apply 的值，通常是 global_step；不传则用给定衰减率"
    ),
    "the global step": "global_step",
    "the optimizer's iterations before their increment": "优化器的 iterations，加一之前的值",
    "the optimizer's iterations after their increment": "优化器的 iterations，加一之后的值",
    "from -warmup_length, incremented first": "从 -warmup_length 开始，先加一再用",
    "the updates before this one": "这次之前的更新次数",
    "the count of the updates": "更新次数",
    "the batches so far, this one included": "到这次为止的批数，包括这一批",
    "the steps before this one": "这一步之前的步数",
    "the calls before this one": "这次之前的调用次数",
    "the steps, this one included": "步数，包括这一步",
    "the calls of step() before this update": "这次更新之前调用 step() 的次数",
    "the updates, incremented before they are used": "更新次数，先加一再用",
    "the images before this update": "这次更新之前的图像数",
    "the images, this update's included": "图像数，包括这次更新的",
    "the step handed to update; without one DECAY is used": "传给 update 的步数；没有时直接使用给定衰减率",
    "the updates of the trainer": "训练器的更新次数",
    "the iterations before this one": "这次之前的迭代次数",
    "in fractions: epoch + i / iterations in an epoch": "可以是小数：epoch + i / 每个 epoch 的迭代次数",
    "incremented before the first update": "第一次更新之前就加一",
    "the iterations, this one included": "迭代次数，包括这一次",
    # its arithmetic
    "v is a count, and the weight is 1/v: w = O(v)": "v 是计数，权重是 1/v：w = O(v)",
    "d = R(v), w = 1 - v rounded to bfloat16": "d = R(v)，w 是 1 - v 舍入到 bfloat16",
    "d = R(v), w = 1 - v rounded to float16": "d = R(v)，w 是 1 - v 舍入到 float16",
    "The param is a gradient g: x = R(x - g), then R(R(s*d) + R(x*w)); after every so many rounds x = s": (
        "参数是梯度 g：x = R(x - g)，然后 R(R(s*d) + R(x*w))；每隔若干次令 x = s"
    ),
    "R(s + R(R(p - s)/w)), where w is the count of the params so far": "R(s + R(R(p - s)/w))，w 是到这次为止的参数个数",
    "s*d + p*w; a param that is infinite or NaN leaves s as it is": "s*d + p*w；参数为无穷或 NaN 时 s 不变",
    "(s*old + p*new) / (old + new), where old is what the weights of all earlier params have decayed to": (
        "(s*old + p*new) / (old + new)，old 是此前所有参数的权重衰减之后的总和"
    ),
    "R(s / R(O(1 - O(v)^k))): the power in the compute type.": "R(s / R(O(1 - O(v)^k)))：乘方用计算类型。",
    "R(s / R(1 - d^k)), where the power is taken by repeated squaring and each product rounded.": (
        "R(s / R(1 - d^k))，乘方由反复平方得出，每个乘积都舍入。"
    ),
    "R(s * R(1 / R(O(1 - O(v)^k)))), as XLA rewrites by_power for tensors; not in bfloat16.": (
        "R(s * R(1 / R(O(1 - O(v)^k))))，XLA 对张量如此改写；bfloat16 除外。"
    ),
    "R(s * R(1 / R(1 - R(d^k)))), as XLA rewrites by_power_in_dtype for tensors; not in bfloat16.": (
        "R(s * R(1 / R(1 - R(d^k))))，XLA 对张量如此改写；bfloat16 除外。"
    ),
    "R(s * R(1 / R(1 - d^k))), as XLA rewrites by_squared_power for tensors; not in bfloat16.": (
        "R(s * R(1 / R(1 - d^k)))，XLA 对张量如此改写；bfloat16 除外。"
    ),
    "R(s * f32(1 / f32(1 - product of the decays))), the product in float32; fused, the last product and 1 - it round"
    " once.": "R(s * f32(1 / f32(1 - 衰减率之积)))，乘积用 float32；融合时最后一个乘积和 1 减去它只舍入一次。",
    "s / (1 - pow_v8(d, k)), and s where d = 1. A param that is infinite or NaN is shown as it is and not counted. A"
    " series whose points are all equal is shown as it is; whether they are is decided on what has been handed over so"
    " far.": (
        "s / (1 - pow_v8(d, k))，d = 1 时为 s。无穷或 NaN 的参数原样显示，不计数。各点全部相等的序列原样显示；"
        "是否全部相等，按到此为止传入的点判断。"
    ),
    # its parameters
    "the decay is 0 before this step": "这一步之前衰减率为 0",
    "DECAY is at most (1 + num_updates) / (10 + num_updates)": (
        "给定衰减率不超过 (1 + num_updates) / (10 + num_updates)"
    ),
    "no average before this step": "这一步之前不做平均",
    "whether the decay warms up": "衰减率是否预热",
    "who computes; tensorflow with jit_compile=True rounds as jax-jit": (
        "由谁计算；tensorflow 在 jit_compile=True 时的舍入与 jax-jit 相同"
    ),
    "steps between overwritings of the variable": "每隔几步覆盖一次变量",
    "whether the average is debiased": "是否校正平均值的偏差",
    "the type of the average, if not that of the params": "平均值的类型，如果与参数不同",
    "whether the update is compiled by jax.jit": "更新是否由 jax.jit 编译",
    "so many updates copy by a decay of 0": "开头这么多次更新的衰减率为 0，即复制",
    "the counter's first value": "计数器的初值",
    "get_swa_multi_avg_fn()": "get_swa_multi_avg_fn()",
    "the counter before the first batch": "第一批之前的计数",
    "steps between updates": "每隔几步更新一次",
    "no update before this step": "这一步之前不更新",
    "the least decay of the warm-up": "预热时衰减率的下限",
    "the decay is 0 up to the step after this one": "到这一步的下一步为止，衰减率为 0",
    "the scale of the warm-up": "预热的尺度",
    "the exponent of the warm-up": "预热的指数",
    "whether torch._foreach is used; the values are the same": "是否用 torch._foreach；数值相同",
    "whether torch._foreach is used; matters where dtype is another": "是否用 torch._foreach；dtype 不同时才有区别",
    "the type of the shadow, if not that of the params": "影子值的类型，如果与参数不同",
    "elements of the param: one is divided, more are multiplied by the reciprocal": (
        "参数的元素个数：一个时用除法，多个时乘以倒数"
    ),
    "bfloat16 alone: whether the average is rounded at random": "仅 bfloat16：平均值是否随机舍入",
    "the seed of the random numbers": "随机数的种子",
    "elements of the param's tensor, contiguous and updated by one thread": (
        "参数张量的元素个数；张量内存连续，由一个线程更新"
    ),
    "which of its elements is meant": "指的是其中哪个元素",
    "copies up to this step": "到这一步为止都是复制",
    "calls between updates": "每隔几次调用更新一次",
    "the least decay": "衰减率的下限",
    "the exponent, less one": "指数减一",
    "whether the warm-up is a power": "预热是否为幂函数",
    "the scale of the power": "幂函数的尺度",
    "the exponent of the power": "幂函数的指数",
    "whether torch._foreach is used": "是否用 torch._foreach",
    "the counter before the first step": "第一步之前的计数",
    "where the warm-up starts": "预热从哪里开始",
    "the time constant of the ramp": "上升过程的时间常数",
    "the counter before the first update": "第一次更新之前的计数",
    "whether the decay warms up (the framework spells it so)": "衰减率是否预热（框架就是这样拼写的）",
    "the half-life in thousands of images": "半衰期，以千张图像计",
    "the most the half-life may be of N": "半衰期最多是 N 的多少倍",
    "images in an update": "一次更新的图像数",
    "the relative width of the profile": "权重分布的相对宽度",
    "the exponent, if not the one of std": "指数，如果不由 std 得出",
    "the same as std": "与 std 相同",
    "the relative standard deviation of the profile, instead of gamma": "权重分布的相对标准差，代替 gamma",
    "the half-life in millions of images; none: no bound": "半衰期，以百万张图像计；none 表示不限",
    "the scale of the annealing": "退火的尺度",
    "in the same unit as update_interval": "单位与 update_interval 相同",
    "batches between updates": "每隔几批更新一次",
    "the decay is 0 before this update": "这次更新之前衰减率为 0",
    "whether the shadow is a float32": "影子值是否为 float32",
    "lerp instead of mul and add": "用 lerp 代替 mul 和 add",
    "the offset of the warm-up; negative: none": "预热的偏移量；为负则不预热",
    "epochs of the training": "训练的 epoch 数",
    "iterations in an epoch": "每个 epoch 的迭代次数",
    "whether the decay follows a cosine": "衰减率是否按余弦变化",
    "the first weight": "最初的权重",
    "iterations of the warm-up": "预热的迭代次数",
    "whether the weights are those of a finite series": "权重是否按有限序列计算",
    "whether a missing value leaves the weights as they are": "缺失值是否不改变权重",
    # what surprises people
    "num_updates is never incremented by the average: it is the global step, not a count of updates": (
        "平均本身从不给 num_updates 加一：它是 global_step，不是更新次数"
    ),
    "from step 0 the first decay is 1/10, so the first shadow is nine tenths of the first param": (
        "从第 0 步开始时第一个衰减率是 1/10，所以第一个影子值是第一个参数值的十分之九"
    ),
    "(1 + n)/(10 + n) reaches 0.99 at n = 890, 0.999 at 8 990, 0.9999 at 89 990": (
        "(1 + n)/(10 + n) 在 n = 890 时达到 0.99，8 990 时达到 0.999，89 990 时达到 0.9999"
    ),
    "the shadow is a copy of the variable at the first apply, and then that update runs as well": (
        "第一次 apply 时影子值是变量的副本，随后这次更新照常进行"
    ),
    "a Tensor's shadow starts at zero, a variable's at its value": "Tensor 的影子值从 0 开始，变量的从变量的值开始",
    "with num_updates it divides by 1 - (current decay)^k, not by 1 - the product of the decays": (
        "有 num_updates 时除以 1 - (当前衰减率)^k，而不是 1 - 各衰减率之积"
    ),
    "before the start the shadow is s - (s - x) * 1, which need not be x to the last bit": (
        "开始之前影子值是 s - (s - x) * 1，最后一位不一定与 x 相同"
    ),
    "num_updates is read once, when the optimizer is made: it lowers the decay for good": (
        "num_updates 只在创建优化器时读一次：它使衰减率从此变小"
    ),
    "the shadow starts at zero and isn't debiased": "影子值从 0 开始，而且不校正偏差",
    "the counter is read after its increment: the first decay is 2/11": "计数器加一之后才读取：第一个衰减率是 2/11",
    "the first update copies, by arithmetic: 0 * 0 + 1 * x": "第一次更新由算式得出复制：0 * 0 + 1 * x",
    "the average feeds back: it replaces the variable": "平均值会反馈：它取代变量",
    "the shadow starts at the variable's value before its first update; in Keras 3, at its first updated one": (
        "影子值从变量第一次更新之前的值开始；Keras 3 则从第一次更新之后的值开始"
    ),
    "momentum is the decay here; in torch's BatchNorm it is the weight": (
        "这里 momentum 是衰减率；在 torch 的 BatchNorm 里是权重"
    ),
    "step_size is the weight, not the decay": "step_size 是权重，不是衰减率",
    "it averages the parameter as it was before the optimizer's step": "参与平均的是优化器这一步之前的参数",
    "the first update copies the params, whatever the decay": "第一次更新只复制参数，与衰减率无关",
    "it rounds otherwise than multi_avg_fn": "舍入方式与 multi_avg_fn 不同",
    "with multi_avg_fn the weight is a float32, for float64 params too": (
        "用 multi_avg_fn 时权重是 float32，参数为 float64 时也一样"
    ),
    "momentum is the weight, not the decay; in Keras it is the decay": (
        "momentum 是权重，不是衰减率；在 Keras 里是衰减率"
    ),
    "called without step it ignores its warm-up silently": "调用时不传 step 就没有预热，也不提示",
    "in bfloat16 it rounds at random by default": "bfloat16 时默认随机舍入",
    "by default it copies for 100 steps, and updates at every tenth only": (
        "默认前 100 步都是复制，而且每十步才更新一次"
    ),
    "num_updates is incremented before it is used: the first decay is 2/11, not 1/10": (
        "num_updates 先加一再用：第一个衰减率是 2/11，不是 1/10"
    ),
    "the first update has decay 0, by arithmetic: s - (s - x) * 1 need not be x": (
        "第一次更新的衰减率是 0，但由算式得出：s - (s - x) * 1 不一定是 x"
    ),
    "the second decay is 2/11": "第二个衰减率是 2/11",
    "the decay is a float32 tensor: 1 - decay is off by more than the decay's own rounding": (
        "衰减率是 float32 张量：1 减去它的误差比衰减率本身的舍入误差大"
    ),
    "the exponent comes from numpy.roots, which need not give the same last bit everywhere": (
        "指数由 numpy.roots 求出，最后一位在各处不一定相同"
    ),
    "momentum is the weight, not the decay": "momentum 是权重，不是衰减率",
    "without both momentum_warmup and warmup_iters there is no warm-up": (
        "momentum_warmup 和 warmup_iters 须同时给出，否则没有预热"
    ),
    "in bfloat16 the decay itself is rounded: 0.999 becomes 1.0, and the shadow grows": (
        "bfloat16 时衰减率本身被舍入：0.999 变成 1.0，影子值会越来越大"
    ),
    "ema_update_freq counts calls, not updates": "ema_update_freq 数的是调用，不是更新",
    "the shadow is multiplied by 1 - (1 - decay), which isn't decay to the last bit": (
        "影子值乘的是 1 - (1 - 衰减率)，最后一位与衰减率不同"
    ),
    "in bfloat16 and without use_lerp the decay itself is rounded: 0.999 becomes 1.0": (
        "bfloat16 且不用 use_lerp 时衰减率本身被舍入：0.999 变成 1.0"
    ),
    "its alpha is the decay": "它的 alpha 是衰减率",
    "the first decay is 1/2": "第一个衰减率是 1/2",
    "its scripts set rate to 0.9999": "它的脚本把 rate 设为 0.9999",
    "tau is the weight, not the decay": "tau 是权重，不是衰减率",
    "it is debiased, so it equals pandas' ewm(alpha=1-w, adjust=True, ignore_na=True) apart from rounding": (
        "它校正了偏差，所以除舍入之外与 pandas 的 ewm(alpha=1-w, adjust=True, ignore_na=True) 相同"
    ),
    "a series whose points are all equal is left as it is": "各点全部相等的序列保持不变",
    "the last digits are those of Chrome and Edge: Math.pow of other browsers rounds otherwise": (
        "最后几位数字与 Chrome 和 Edge 相同：其他浏览器的 Math.pow 舍入不同"
    ),
    "a beta of 1 freezes the average after its last copy": "beta 为 1 时，平均值在最后一次复制之后不再变化",
    "moving_mean starts at 0, moving_variance at 1 (--initial 1)": (
        "moving_mean 从 0 开始，moving_variance 从 1 开始（--initial 1）"
    ),
    "a smoothing of 1 shows 0 throughout": "平滑系数为 1 时始终显示 0",
    "adjust is True by default: the first values are weighted otherwise than by the recurrence": (
        "adjust 默认为 True：开头几个值的权重与递推式不同"
    ),
    "a missing value decays the weights, unless ignore_na": "缺失值会使权重衰减，除非用 ignore_na",
}
