"""Chinese for the catalogue of rules. Names of frameworks, functions and settings, and formulas, stay as they are."""

STRINGS = {
    # what a rule is
    "the textbook EMA, whose decay warms up": "教科书中的滑动平均，衰减率有预热",
    "the running mean: the mean of all params so far": "累积平均：到目前为止所有参数的均值",
    "params before this one": "在此之前的参数个数",
    "not an EMA: it forgets nothing, and all params have equal shares": "这不是 EMA：它从不遗忘，各参数所占份额相等",
    "the simple moving average: the mean of the most recent params": "简单滑动平均：最近若干个参数的均值",
    "the number of params in the mean": "对多少个参数求均值",
    "not an EMA: a param counts fully while it is in the window, and then not at all": (
        "这不是 EMA：参数在窗口内时份额不变，移出窗口后完全不计"
    ),
    "no mean is shown until the window is full; --rule cumulative shows the mean of the params so far": (
        "窗口填满之前不显示均值；到目前为止所有参数的均值见 --rule cumulative"
    ),
    "R(total / size), where total is the sum of the most recent params, added from the oldest on": (
        "R(total / size)，其中 total 是最近若干个参数之和，从最早的开始相加"
    ),
    "the textbook EMA of values at irregular times": "教科书中的滑动平均，各值的时间间隔可以不等",
    "DECAY^elapsed; with a half-life 0.5^(elapsed / half-life)": "DECAY^间隔；给出半衰期时为 0.5^(间隔 / 半衰期)",
    "a schedule and arithmetic of your own": "自定义的衰减率与算式",
    "the command line": "命令行",
    "the step; without steps, a count of the updates": "轮数；没有轮数时为更新次数",
    "the arithmetic of an update": "更新所用的算式",
    "rounds before this step are skipped": "轮数小于此值的更新会跳过",
    "rounds that are not a multiple of this are skipped": "次数不是它的倍数的更新会跳过",
    "a round that updates; updates are update_every rounds apart": "第几次会更新；相邻两次更新相隔 update_every 次",
    "where the shadow starts": "影子值从何处开始",
    "the divisor of the shadow": "影子值的除数",
    "the step of the first round, if no steps are given": "没有给出轮数时，第一次更新的轮数",
    "decay= is a formula of step, elapsed and DECAY, with min, max, exp, log, sqrt, cos, pi and A if B < C else D;"
    " without it the decay is DECAY.": (
        "decay= 是 step、elapsed 与 DECAY 的公式，可用 min、max、exp、log、sqrt、cos、pi 和 A if B < C else D；"
        "不写时衰减率为 DECAY。"
    ),
    "weight= is a number that replaces 1 - decay; weight=1 makes a decayed sum. name= is the label.": (
        "weight= 是代替 1 - 衰减率的数；weight=1 得到衰减和。name= 是名称。"
    ),
    "the textbook EMA with a constant decay": "教科书中的滑动平均，衰减率恒定",
    "tf.train.ExponentialMovingAverage of a variable": "tf.train.ExponentialMovingAverage，作用于变量",
    "tf.train.ExponentialMovingAverage, TF 2 eager: the first apply creates the shadow": (
        "tf.train.ExponentialMovingAverage，TF 2 eager：第一次 apply 时建立影子值"
    ),
    "tf.train.ExponentialMovingAverage of a Tensor (graph)": (
        "tf.train.ExponentialMovingAverage，作用于 Tensor（图模式）"
    ),
    "tf.train.ExponentialMovingAverage(zero_debias=True) of a Tensor (graph)": (
        "tf.train.ExponentialMovingAverage(zero_debias=True)，作用于 Tensor（图模式）"
    ),
    "compare_gan's generator average": "compare_gan 的生成器滑动平均",
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
    "torch AveragedModel(): the equally weighted average, SWA": "torch AveragedModel()：等权平均，即 SWA",
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
    "textbook": "教科书",
    "training": "训练",
    "dashboards": "仪表盘",
    "data frames": "数据分析",
    "trading": "交易",
    "systems": "系统",
    "tensorflow 2.21.0 (the same in 1.15.0), tensorflow/python/training/moving_averages.py": (
        "tensorflow 2.21.0（1.15.0 相同），tensorflow/python/training/moving_averages.py"
    ),
    # its counter
    "the step as the script gives it; an update without one uses DECAY as it is": (
        "脚本给出的轮数；没有轮数的更新直接用给定衰减率"
    ),
    "the argument of apply, usually the global step; without one, DECAY is used": (
        "传给 apply 的值，通常是 global_step；不传时直接用给定衰减率"
    ),
    "the global step": "global_step",
    "the optimizer's iterations before their increment": "优化器的 iterations，加一之前的值",
    "the optimizer's iterations after their increment": "优化器的 iterations，加一之后的值",
    "from -warmup_length, incremented before use": "从 -warmup_length 开始，先加一再用",
    "updates before this one": "这次之前的更新次数",
    "count of updates": "更新次数",
    "batches so far, including this one": "到这次为止的批数，包括这一批",
    "steps before this one": "这一步之前的步数",
    "calls before this one": "这次之前的调用次数",
    "steps, including this one": "步数，包括这一步",
    "calls of step() before this update": "这次更新之前调用 step() 的次数",
    "updates, incremented before use": "更新次数，先加一再用",
    "images before this update": "这次更新之前的图像数",
    "images, including this update's": "图像数，包括这次更新的",
    "the step passed to update; without one, DECAY is used": "传给 update 的步数；不传时直接用给定衰减率",
    "updates of the trainer": "训练器的更新次数",
    "iterations before this one": "这次之前的迭代次数",
    "fractional: epoch + i / iterations per epoch": "可以是小数：epoch + i / 每个 epoch 的迭代次数",
    "incremented before the first update": "第一次更新之前就加一",
    "iterations, including this one": "迭代次数，包括这一次",
    # its arithmetic
    "v is a count, and the weight is 1/v: w = O(v)": "v 是计数，权重是 1/v：w = O(v)",
    "d = R(v), w = 1 - v rounded to bfloat16": "d = R(v)，w 是 1 - v 舍入到 bfloat16",
    "d = R(v), w = 1 - v rounded to float16": "d = R(v)，w 是 1 - v 舍入到 float16",
    "The param is a gradient g: x = R(x - g), then R(R(s*d) + R(x*w)), from 0 on; every ema_overwrite_frequency"
    " rounds, x = s": "参数是梯度 g：x = R(x - g)，然后 R(R(s*d) + R(x*w))，从 0 开始；每隔若干次令 x = s",
    "R(s + R(R(p - s)/w)), where w is the count of the params so far": "R(s + R(R(p - s)/w))，w 是到这次为止的参数个数",
    "s*d + p*w; a param that is infinite or NaN leaves s unchanged": "s*d + p*w；参数为无穷或 NaN 时 s 不变",
    "(s*old + p*new) / (old + new), where old is the decayed weight of all earlier params": (
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
    "R(s * f32(1 / f32(1 - product of the decays))), the product in float32; fused, the last product and the"
    " subtraction round once.": (
        "R(s * f32(1 / f32(1 - 衰减率之积)))，乘积用 float32；融合时最后一个乘积和 1 减去它只舍入一次。"
    ),
    "s / (1 - pow_v8(d, k)), and s where d = 1. A param that is infinite or NaN is shown as it is and not counted. A"
    " series whose points so far are all equal is shown as it is.": (
        "s / (1 - pow_v8(d, k))，d = 1 时为 s。无穷或 NaN 的参数原样显示，不计数。各点全部相等的序列原样显示；"
        "是否全部相等，按到此为止传入的点判断。"
    ),
    # its parameters
    "the decay is 0 before this step": "这一步之前衰减率为 0",
    "caps the decay at (1 + num_updates) / (10 + num_updates)": (
        "把衰减率限制在 (1 + num_updates) / (10 + num_updates) 以内"
    ),
    "the step at which averaging starts": "从这一步起才做平均",
    "whether the decay warms up": "衰减率是否预热",
    "the Keras backend; tensorflow with jit_compile=True rounds like jax-jit": (
        "Keras 的后端；tensorflow 用 jit_compile=True 时的舍入与 jax-jit 相同"
    ),
    "steps between overwrites of the variable": "每隔几步覆盖一次变量",
    "whether the average is debiased": "是否校正平均值的偏差",
    "the type of the average, if it is not that of the params": "平均值的类型（与参数不同时）",
    "whether the update is compiled by jax.jit": "更新是否由 jax.jit 编译",
    "updates at the start that copy, with a decay of 0": "开头这么多次更新的衰减率为 0，即复制",
    "the counter's first value": "计数器的初值",
    "whether get_swa_multi_avg_fn() is used": "是否用 get_swa_multi_avg_fn()",
    "the counter before the first batch": "第一批之前的计数",
    "steps between updates": "每隔几步更新一次",
    "no update before this step": "这一步之前不更新",
    "the lowest decay of the warm-up": "预热时衰减率的下限",
    "the decay is 0 up to the step after this one": "到这一步的下一步为止，衰减率为 0",
    "the scale of the warm-up": "预热的尺度",
    "the exponent of the warm-up": "预热的指数",
    "whether torch._foreach is used; the values are the same": "是否用 torch._foreach；数值相同",
    "whether torch._foreach is used; it matters only with another dtype": "是否用 torch._foreach；dtype 不同时才有区别",
    "the type of the shadow, if it is not that of the params; for float64 params only with foreach=false": (
        "影子值的类型（与参数不同时）；参数为 float64 时仅限 foreach=false"
    ),
    "for an array it averages the mean of the elements: pass that mean as the param": (
        "对数组，它平均的是各元素的均值：参数即此均值"
    ),
    "elements in the array: one is divided, several are multiplied by the reciprocal": (
        "参数数组的元素个数：一个时用除法，多个时乘以倒数"
    ),
    "bfloat16 only: whether the average is rounded stochastically": "仅 bfloat16：平均值是否随机舍入",
    "the seed of the random numbers": "随机数的种子",
    "elements in the param's tensor, contiguous and updated by one thread": (
        "参数所在张量的元素个数（内存连续，由单个线程更新）"
    ),
    "the index of the param in its tensor": "参数在该张量中的下标",
    "it copies up to this step": "到这一步为止都是复制",
    "calls between updates": "每隔几次调用更新一次",
    "iterations between updates": "每隔几次迭代更新一次",
    "the lowest decay": "衰减率的下限",
    "the exponent minus one": "指数减一",
    "whether the warm-up follows a power law": "预热是否为幂函数",
    "the scale of the power law": "幂函数的尺度",
    "the exponent of the power law": "幂函数的指数",
    "whether torch._foreach is used": "是否用 torch._foreach",
    "the counter before the first step": "第一步之前的计数",
    "where the warm-up starts": "预热从哪里开始",
    "the time constant of the ramp": "上升过程的时间常数",
    "the counter before the first update": "第一次更新之前的计数",
    "whether the decay warms up (the framework's own spelling)": "衰减率是否预热（名称照框架的拼写）",
    "the half-life in thousands of images": "半衰期，以千张图像计",
    "the largest half-life, as a fraction of N": "半衰期的上限，以 N 的比例计",
    "images per update": "一次更新的图像数",
    "the relative width of the profile": "权重分布的相对宽度",
    "the exponent, instead of std": "指数，如果不由 std 得出",
    "why warm up: at a constant 0.9999 the initial value still makes up 90 % of the shadow after 1000 updates": (
        "为什么预热：衰减率恒为 0.9999 时，1000 次更新后初始值仍占影子值的 90 %"
    ),
    "a warm-up soon forgets the initial value: compare --rule warmup --rule fixed -c initial-weight,shadow": (
        "预热让平均值很快忘掉初始值：可比较 --rule warmup --rule fixed -c initial-weight,shadow"
    ),
    "the same as std": "与 std 相同",
    "the relative standard deviation of the profile, instead of gamma": "权重分布的相对标准差，代替 gamma",
    "the half-life in millions of images; none or inf: no bound": "半衰期，以百万张图像计；none、inf 表示不限",
    "the scale of the annealing": "退火的尺度",
    "the half-life, in the unit of update_interval": "半衰期，单位与 update_interval 相同",
    "batches between updates": "每隔几批更新一次",
    "the decay is 0 before this update": "这次更新之前衰减率为 0",
    "whether the shadow is in float32": "影子值是否以 float32 保存",
    "whether lerp is used instead of mul and add": "是否用 lerp 代替 mul 和 add",
    "the offset of the warm-up; negative: none": "预热的偏移量；为负则不预热",
    "the offset of the warm-up": "预热的偏移量",
    "epochs of training": "训练的 epoch 数",
    "iterations per epoch": "每个 epoch 的迭代次数",
    "whether the decay follows a cosine": "衰减率是否按余弦变化",
    "the first weight": "最初的权重",
    "iterations of the warm-up": "预热的迭代次数",
    "whether to divide by the sum of the weights so far": "是否除以到目前为止的权重之和",
    "whether a missing value leaves the weights unchanged": "遇到缺失值时权重是否保持不变",
    # what surprises people
    "the average never increments num_updates: it is the global step, not a count of updates": (
        "滑动平均自己从不给 num_updates 加一：它是 global_step，不是更新次数"
    ),
    "starting at step 0, the first decay is 1/10: nine tenths of the first shadow come from the first param": (
        "从第 0 步开始时，第一个衰减率是 1/10：第一个影子值有十分之九来自第一个参数值"
    ),
    "(1 + n)/(10 + n) reaches 0.99 at n = 890, 0.999 at 8 990 and 0.9999 at 89 990": (
        "(1 + n)/(10 + n) 在 n = 890 时达到 0.99，8 990 时达到 0.999，89 990 时达到 0.9999"
    ),
    "the first apply copies the variable to the shadow and then runs the update as well": (
        "第一次 apply 先把变量复制到影子值，随后照常更新"
    ),
    "a Tensor's shadow starts at zero, a variable's at its value": "Tensor 的影子值从 0 开始，变量的从变量的值开始",
    "with num_updates it divides by 1 - (current decay)^k, not by 1 - the product of the decays": (
        "有 num_updates 时除以 1 - (当前衰减率)^k，而不是 1 - 各衰减率之积"
    ),
    "before the start the shadow is s - (s - x) * 1, which may differ from x in the last bit": (
        "开始之前影子值是 s - (s - x) * 1，最后一位不一定与 x 相同"
    ),
    "num_updates is read once, when the optimizer is created, and lowers the decay from then on": (
        "num_updates 只在创建优化器时读一次：它使衰减率从此变小"
    ),
    "the shadow starts at zero and isn't debiased": "影子值从 0 开始，而且不校正偏差",
    "the counter is incremented before it is read: the first decay is 2/11": "计数器先加一再读取：第一个衰减率是 2/11",
    "the first update computes a copy: 0 * 0 + 1 * x": "第一次更新算出的是复制：0 * 0 + 1 * x",
    "the average feeds back into training: it overwrites the variable": "平均值会反馈到训练中：它会覆盖变量",
    "the shadow starts at the variable's value before its first update; in Keras 3, at its value after it": (
        "影子值从变量第一次更新之前的值开始；Keras 3 则从第一次更新之后的值开始"
    ),
    "momentum is the decay here; in torch's BatchNorm it is the weight": (
        "这里 momentum 是衰减率；在 torch 的 BatchNorm 里是权重"
    ),
    "it averages the parameter as it was before the optimizer's step": "参与平均的是优化器这一步之前的参数",
    "the first update copies the params, whatever the decay": "第一次更新只复制参数，与衰减率无关",
    "the weight warms up, from 1/warm_up to momentum, so the average moves least at the start": (
        "预热的是权重，从 1/warm_up 升到 momentum，所以平均值开始时变动最小"
    ),
    "momentum is raised to the power of interval: with momentum=0.1 and interval=2 the weight is 0.01": (
        "momentum 要取 interval 次幂：momentum=0.1、interval=2 时权重是 0.01"
    ),
    "it rounds differently from multi_avg_fn": "舍入方式与 multi_avg_fn 不同",
    "with multi_avg_fn the weight is a float32, even for float64 params": (
        "用 multi_avg_fn 时权重是 float32，参数为 float64 时也一样"
    ),
    "in Keras, momentum is the decay": "在 Keras 里 momentum 是衰减率",
    "called without a step, it silently skips its warm-up": "调用时不传 step 就没有预热，也不提示",
    "in bfloat16 it rounds stochastically by default": "bfloat16 时默认随机舍入",
    "by default it copies for 100 steps, then updates every tenth step": ("默认前 100 步都是复制，之后每十步更新一次"),
    "num_updates is incremented before it is used: the first decay is 2/11, not 1/10": (
        "num_updates 先加一再用：第一个衰减率是 2/11，不是 1/10"
    ),
    "the first update has decay 0 but is computed: s - (s - x) * 1 may differ from x": (
        "第一次更新的衰减率是 0，但仍由算式得出：s - (s - x) * 1 不一定等于 x"
    ),
    "the second decay is 2/11": "第二个衰减率是 2/11",
    "the decay is a float32 tensor, and its rounding error weighs more in 1 - decay": (
        "衰减率是 float32 张量，其舍入误差在 1 - 衰减率中更显著"
    ),
    "the exponent comes from numpy.roots, whose last bit may differ between machines": (
        "指数由 numpy.roots 求出，最后一位可能因机器而异"
    ),
    "there is no warm-up unless both momentum_warmup and warmup_iters are given": (
        "momentum_warmup 和 warmup_iters 须同时给出，否则没有预热"
    ),
    "in bfloat16 the decay itself is rounded: 0.999 becomes 1.0, and the shadow grows": (
        "bfloat16 时衰减率本身被舍入：0.999 变成 1.0，影子值会越来越大"
    ),
    "ema_update_freq counts calls, not updates": "ema_update_freq 数的是调用，不是更新",
    "the shadow is multiplied by 1 - (1 - decay), which may differ from the decay in the last bit": (
        "影子值乘的是 1 - (1 - 衰减率)，最后一位可能与衰减率不同"
    ),
    "in bfloat16 and without use_lerp the decay itself is rounded: 0.999 becomes 1.0": (
        "bfloat16 且不用 use_lerp 时衰减率本身被舍入：0.999 变成 1.0"
    ),
    "its alpha is the decay": "它的 alpha 是衰减率",
    "the first decay is 1/2": "第一个衰减率是 1/2",
    "its scripts set rate to 0.9999": "它的脚本把 rate 设为 0.9999",
    "it is debiased, so it equals pandas' ewm(alpha=1-w, adjust=True, ignore_na=True) apart from rounding": (
        "它校正了偏差，所以除舍入之外与 pandas 的 ewm(alpha=1-w, adjust=True, ignore_na=True) 相同"
    ),
    "a series whose points are all equal is left as it is": "各点全部相等的序列保持不变",
    "the last digits are those of Chrome and Edge: other browsers' Math.pow rounds differently": (
        "最后几位数字与 Chrome 和 Edge 相同：其他浏览器的 Math.pow 舍入不同"
    ),
    "a beta of 1 freezes the average after its last copy": "beta 为 1 时，平均值在最后一次复制之后不再变化",
    "moving_mean starts at 0, moving_variance at 1 (--initial 1)": (
        "moving_mean 从 0 开始，moving_variance 从 1 开始（--initial 1）"
    ),
    "a smoothing of 1 shows 0 throughout": "平滑系数为 1 时始终显示 0",
    "adjust is True by default: the first values are weighted otherwise than in the recurrence": (
        "adjust 默认为 True：开头几个值的权重与递推式不同"
    ),
    "a missing value decays the weights, unless ignore_na is set": "缺失值会使权重衰减，除非用 ignore_na",
    # averages outside of training, and more of training
    "R(s / weights), where weights is the sum of the weights, decayed like s: R(R(weights*d) + 1).": (
        "R(s / weights)，weights 是权重之和，与 s 一样衰减：R(R(weights*d) + 1)。"
    ),
    "the step is the time if no times are given": "没有给出时间时，轮数即时间",
    "the decay per half-life becomes 1 - alpha instead of a half": "每过一个半衰期，衰减率是 1 - alpha，而不是一半",
    "if alpha is given, too, the half-life is only a unit of time": "同时给出 alpha 时，半衰期只是时间单位",
    "it is not ewm_mean: a null gives a null and decays nothing": (
        "它不同于 ewm_mean：null 仍显示 null，也不使任何权重衰减"
    ),
    "the value on the chart's x axis, usually the step": "图表 x 轴的值，通常是步数",
    "the span of the chart's x axis: last x - first x": "图表 x 轴的范围：最后的 x - 最初的 x",
    "the width that distances are scaled to": "距离缩放到的宽度",
    "the curve depends on the range of x: zooming in or adding a run changes it; by default, range is that of the"
    " whole script": ("曲线取决于 x 的范围：放大或增加一次运行都会改变它；不给出 range 时取整个脚本的范围"),
    "the viewport's width is undocumented; third parties use 1000": "文档没有给出 viewport 的值；第三方取 1000",
    "Weights & Biases, the time-weighted exponential moving average of a chart": (
        "Weights & Biases 图表，按时间加权的指数滑动平均"
    ),
    "min(sqrt(smoothing), 0.999)^(elapsed / range viewport); divided by the sum of the weights": (
        "min(sqrt(smoothing), 0.999)^(elapsed / range viewport)；除以权重之和"
    ),
    "0.5^(elapsed / halflife); adjust: divided by the sum of the weights": (
        "0.5^(elapsed / halflife)；adjust：除以权重之和"
    ),
    "docs.wandb.ai and docs.swanlab.cn, Smooth line plots": "docs.wandb.ai 和 docs.swanlab.cn，Smooth line plots",
    "the gradient's lerp towards s by the decay (Nesterov).": "梯度按衰减率朝 s 的 lerp（Nesterov）。",
    "docs.wandb.ai and wandb/gitbook, Smooth line plots": "docs.wandb.ai 和 wandb/gitbook，Smooth line plots",
    "eps, or 1 - tau": "eps，或 1 - tau",
    "pandas-ta ema, without TA-Lib": "pandas-ta ema，未装 TA-Lib",
    "pandas-ta rma, without TA-Lib": "pandas-ta rma，未装 TA-Lib",
    "the model adds alpha (param - first param) to the average": ("模型等于平均值加上 alpha (参数 - 第一个参数)"),
    "no update before this step, which copies the param": "这一步之前不更新，这一步复制参数",
    "the exponent of the weight": "权重的指数",
    "the number added to the step": "加到步数上的数",
    "the factor of the step": "与步数相乘的系数",
    "the lowest weight": "权重的下限",
    "calls, including this one": "调用次数，包括这一次",
    "the effective decay is not the one given: it depends on batch_size, world_size, steps and epochs, too": (
        "实际的衰减率不是给定的那个：它还取决于 batch_size、world_size、steps 和 epochs"
    ),
    "buffers are averaged, too": "缓冲区（buffer）也参与平均",
    "batches between updates (model_ema_steps)": "每隔几批更新一次（model_ema_steps）",
    "number of processes": "进程数",
    "images per batch of one process": "每个进程一批的图像数",
    "batches in the learning-rate warm-up, during which updates copy": "学习率预热期的批数，其间的更新都是复制",
    "batches before this one": "这一批之前的批数",
    "the optimizer's steps before this one": "优化器这一步之前的步数",
    "steps at the start with a decay of 0": "开头衰减率为 0 的步数",
    "the library rounds 16-bit shadows stochastically; this rule does not": "原库对 16 位影子值随机舍入，这条规则不会",
    "use_feedback, which writes into the param, is not supported": "不支持会改写参数的 use_feedback",
    "iteration 0 does not count as before the start: its decay is DECAY": "第 0 次迭代不算在开始之前：它用给定衰减率",
    "the decay is 0 before this iteration": "这次迭代之前衰减率为 0",
    "the argument of update; without one, DECAY is used": "传给 update 的值；不传时直接用给定衰减率",
    "the number of scales at the start": "开始时的尺度数",
    "the number of scales at the end": "结束时的尺度数",
    "steps of training": "训练的步数",
    "the average is in float64, the product with the params in float32": "平均值用 float64，与参数的乘积用 float32",
    "it gives all batches so far the same weight": "它是到此为止所有批次的等权平均",
    "batches, including this one": "批数，包括这一批",
    "with thres_steps it divides by 1 - (last decay)^k, not by 1 - the product of the decays": (
        "有 thres_steps 时，除数是 1 - (最后的衰减率)^k，不是 1 减去各衰减率之积"
    ),
    "the step passed to apply; without one, DECAY is used": "传给 apply 的步数；不传时直接用给定衰减率",
    "with exponential it starts at zero, too, but is not debiased": "exponential 同样从 0 开始，但不校正偏差",
    "how the decay warms up": "衰减率如何预热",
    "the code first computes eps = 1 - tau, and 1 - eps may differ from tau in the last bit": (
        "代码先算 eps = 1 - tau，而 1 - eps 的最后一位可能与 tau 不同"
    ),
    "it uses numpy's cosine, which is the C library's from numpy 2 on": "余弦用 numpy 算，从 numpy 2 起即 C 库的余弦",
    "the decay at the end": "结束时的衰减率",
    "iterations of training": "训练的迭代次数",
    "iterations of a linear warm-up": "线性预热的迭代次数",
    "the decay at the start of the warm-up": "预热开始时的衰减率",
    "iterations at the start with a decay of 0": "开头衰减率为 0 的迭代次数",
    "for CosineScheduler, see rule dinov2": "CosineScheduler 见规则 dinov2",
    "the factor of the iterations": "与迭代次数相乘的系数",
    "the first call creates the teacher without updating it": "第一次调用建立教师模型，不更新",
    "a decay of 1 skips the update": "衰减率为 1 时跳过更新",
    "steps until the decay reaches its last value": "衰减率到达终值所用的步数",
    "updates, including this one": "更新次数，包括这一次",
    "the weight at the end": "结束时的权重",
    "the param is the gradient": "参数是梯度",
    "it starts at zero; the optimizer debiases it": "从 0 开始；偏差由优化器校正",
    "before 2.0 it used mul_ and add_, as rule d2go does": "2.0 之前用 mul_ 和 add_，与规则 d2go 相同",
    "whether to show the gradient's lerp towards the buffer": "是否显示梯度朝缓冲区的 lerp",
    "steps of the warm-up": "预热的步数",
    "the decay that the warm-up starts from": "预热开始的衰减率",
    "steps so far, including this one": "步数，包括这一步",
    "models before this one": "这个模型之前的模型数",
    "the variance starts at 1 (--initial 1)": "方差从 1 开始（--initial 1）",
    "the first batch is copied": "第一批直接复制",
    "mode='batch' starts at zero and is debiased: rule equinox-debiased": (
        "mode='batch' 从零开始并校正偏差：规则 equinox-debiased"
    ),
    "the first minimum or maximum is copied": "第一个最小值或最大值直接复制",
    "cluster_size starts at 1 (--initial 1), embed_avg at the codebook": (
        "cluster_size 从 1 开始（--initial 1），embed_avg 从码本开始"
    ),
    "the codebook is embed_avg divided by cluster_size, which is first smoothed across the codes": (
        "码本是 embed_avg 除以 cluster_size，后者先在各个码之间平滑"
    ),
    "0.9 and 0.1 add up to 1, but 0.1 is not 1 - 0.9 in floating point": (
        "0.9 加 0.1 等于 1，但浮点数中 0.1 不等于 1 - 0.9"
    ),
    "the first five iterations are not measured": "前五次迭代不计入",
    "the rounds in between are still computed, with a weight of 0": "其间的各次仍照算，权重为 0",
    "updates between two that mix in the param": "每隔几次更新才混入一次参数",
    "charts now default to the time-weighted average, rule wandb": "图表现在默认用按时间加权的平均，即规则 wandb",
    "a NaN is skipped but still counted, so later values are divided by too much": (
        "NaN 被跳过但仍计数，所以后面的值除数偏大"
    ),
    "at 100 on the slider, the decay is 100/101": "滑块为 100 时衰减率是 100/101",
    "the slider, from 1 to 100": "滑块，从 1 到 100",
    "the first value is not debiased: it is (1 - weight) of the first param": (
        "第一个值没有校正偏差：是第一个参数的 (1 - weight) 倍"
    ),
    "it is not debiased: the first param is copied": "不校正偏差：第一个参数直接复制",
    "its last digits differ from pandas': the mean is moved towards the param, not recomputed": (
        "最后几位与 pandas 不同：均值朝参数移动，不是重新计算"
    ),
    "a null gives a null, where pandas repeats the value": "null 仍显示 null，pandas 则重复上一个值",
    "whether a null leaves the weights unchanged": "遇到 null 时权重是否保持不变",
    "it matches pandas' adjust=True only": "只与 pandas 的 adjust=True 一致",
    "a missing value decays the weights": "缺失值也使权重衰减",
    "no value is shown while the weights sum to less": "权重之和小于此值时不显示",
    "fit() chooses both smoothing_level and the initial level unless optimized=False": (
        "fit() 自己选择 smoothing_level 和初始水平，除非 optimized=False"
    ),
    "--initial is the initial level": "--initial 是初始水平",
    "fittedvalues are the levels, one row late": "fittedvalues 是水平值，但晚一行",
    "which result is shown": "显示哪个结果",
    "it averages the squares of the params": "它对参数的平方做平均",
    "each value is a forecast: it leaves out the row's own param": "每行的值是预测值，不包含本行的参数",
    "it starts at its backcast, an average of the first 75 squares: give that as --initial": (
        "它从 backcast 开始，即前 75 个平方的平均：用 --initial 给出"
    ),
    "initial='simple' starts at the first value (--initial first); 'optimal' fits the level (--initial X)": (
        "initial='simple' 从第一个值开始（--initial first）；'optimal' 拟合初始水平（--initial X）"
    ),
    "the first row is #N/A, the second repeats the first param": "第一行是 #N/A，第二行重复第一个参数",
    "it starts at the mean of the first params and shows nothing before": ("从前几个参数的均值开始，此前不显示"),
    "from C 0.8 on, the library fuses product and sum if the processor can, which changes the last digits": (
        "从 C 0.8 起，处理器支持时使用融合乘加（FMA），最后几位因此不同"
    ),
    "the unstable period only hides more rows": "unstable period 只是多隐藏几行",
    "the length of the average, in params": "平均的长度，以参数个数计",
    "the release of the C library": "C 库的版本",
    "whether the processor fuses product and sum (C 0.8)": "处理器是否使用融合乘加（C 0.8）",
    "additional rows at the start that show nothing": "开头额外不显示的行数",
    "set_compatibility's mode": "set_compatibility 的模式",
    "the param is the true range for ATR, a gain or a loss for RSI, and DX for ADX": (
        "参数对 ATR 是真实波幅，对 RSI 是涨幅或跌幅，对 ADX 是 DX"
    ),
    "C 0.8 fuses product and sum in RMA and ATR, multiplies by 1/n in RSI, and divides by n in ADX": (
        "C 0.8 在 RMA 和 ATR 中使用融合乘加，在 RSI 中乘以 1/n，在 ADX 中除以 n"
    ),
    "the function that uses the average; atr for RMA, too": "使用这个平均的函数；RMA 也用 atr",
    "TA-Lib DEMA, the double exponential moving average": "TA-Lib DEMA，双重指数移动平均",
    "TA-Lib TEMA, the triple exponential moving average": "TA-Lib TEMA，三重指数移动平均",
    "TA-Lib T3, Tillson's average": "TA-Lib T3，Tillson 的平均",
    "1 - 2 / (length + 1); 2 e1 - e2, where e2 averages e1": "1 - 2 / (length + 1)；2 e1 - e2，e2 是 e1 的平均",
    "1 - 2 / (length + 1); 3 e1 - 3 e2 + e3, where e2 averages e1, and e3 e2": (
        "1 - 2 / (length + 1)；3 e1 - 3 e2 + e3，e2 是 e1 的平均，e3 是 e2 的平均"
    ),
    "1 - 2 / (length + 1); of e3 to e6, where each averages the one before": (
        "1 - 2 / (length + 1)；由 e3 到 e6 得出，每个都是前一个的平均"
    ),
    "R(R(2*s) - e2), where e2 is the average of s.": "R(R(2*s) - e2)，e2 是 s 的平均。",
    "R(e3 + R(R(3*s) - R(3*e2))), e2 the average of s, e3 that of e2.": (
        "R(e3 + R(R(3*s) - R(3*e2)))，e2 是 s 的平均，e3 是 e2 的平均。"
    ),
    "c6*e6 + c5*e5 + c4*e4 + c3*e3, whose factors follow from vfactor and add up to 1.": (
        "c6*e6 + c5*e5 + c4*e4 + c3*e3，系数由 vfactor 得出，其和为 1。"
    ),
    "the part of the lag that is removed: 0 shows e3 itself": "去掉的滞后所占的比例：0 时只剩 e3",
    "each average starts at the mean of the previous one's first values; nothing is shown until the last starts": (
        "每个平均都从前一个平均的前几个值的均值开始：最后一个开始之前不显示"
    ),
    "the unstable period of an average delays the next one, so it changes the values, too": (
        "一个平均的 unstable period 推迟下一个平均，因此数值也会改变"
    ),
    "it starts at the first price, not at a mean": "从第一个价格开始，不是均值",
    "third-party versions start at the mean of the first length prices": "第三方实现从前 length 个价格的均值开始",
    "whether the first values are shown, too": "是否也显示前几个值",
    "if TA-Lib is installed, pandas-ta calls it: see rule ta-lib": "装有 TA-Lib 时，pandas-ta 会调用它：见规则 ta-lib",
    "it is pandas' ewm(adjust=True) and does not start at a mean, unlike Wilder's": (
        "它是 pandas 的 ewm(adjust=True)，不像 Wilder 那样从均值开始"
    ),
    "the sum of the first prices is rounded once (math.fsum)": "前几个价格之和只舍入一次（math.fsum）",
    "ta4j lets you choose the number type; this rule computes in doubles": "ta4j 可自选数值类型；这条规则用双精度计算",
    "in the library, unlike here, a NaN restarts it at the mean of the next prices": (
        "原库遇到 NaN 时会从其后价格的均值重新开始，这里不会"
    ),
    "the weight itself; n is then int(2/ratio - 1)": "权重本身；此时 n 为 int(2/ratio - 1)",
    "1 - 2 / (n + 1); wilder: 1 - 1 / n; ratio: 1 - ratio": "1 - 2 / (n + 1)；wilder：1 - 1 / n；ratio：1 - ratio",
    "the first price is copied, then averaged with itself, which may round it": (
        "第一个价格先复制，再与自己平均，可能产生舍入"
    ),
    "the mean is a sum of quotients: each param is divided by n before it is added": (
        "均值是商之和：每个参数先除以 n 再相加"
    ),
    "whether the weight is 1/n instead of 2/(n + 1)": "权重是否为 1/n，而不是 2/(n + 1)",
    "Go fuses product and sum on arm64": "Go 在 arm64 上使用融合乘加",
    "the param is the number of tasks that run or wait, sampled every 5 s plus one tick": (
        "参数是运行或等待的任务数，每 5 秒加一个 tick 采样一次"
    ),
    "it computes in fixed point, rounding up while the load rises and down while it falls": (
        "用定点数计算：负载上升时向上舍入，下降时向下舍入"
    ),
    "kernels before 4.20 rounded to nearest": "4.20 之前的内核就近舍入",
    "the period, in minutes": "周期（分钟）",
    "the kernel keeps eight times the value, in whole microseconds": "内核保存八倍的值，以整微秒计",
    "the first measurement is copied": "第一个测量值直接复制",
    "it starts at 0 and is not debiased": "从 0 开始，不校正偏差",
    "the param is the queue length, sampled every 5 s": "参数是队列长度，每 5 秒采样一次",
    "the param is the count of events in a 5 s tick": "参数是 5 秒一个 tick 内的事件数",
    "the period, in minutes: 1, 5 or 15": "周期（分钟）：1、5 或 15",
    "bars so far, including this one": "K 线数，包括这一根",
    "ticks so far, including this one": "tick 数，包括这一个",
    "0 means that there is no value yet, so an average that reaches 0 starts again": (
        "值为 0 表示还没有值：平均值变成 0 时重新开始"
    ),
    "the first ten updates show 0": "前十次更新显示 0",
    "the average age of the samples": "样本的平均年龄",
    "the first updates have a weight of 100 // count percent, so the first one copies": (
        "前几次更新的权重是 100 // count 百分比：第一次即复制"
    ),
    "the weight in percent": "权重，百分数",
    "updates so far, including this one": "到此为止的更新次数，包括这一次",
    "the first value may differ from the param: 0.1 gives 0.09999999999999998": (
        "第一个值不一定等于参数：0.1 得到 0.09999999999999998"
    ),
    "the bar divides an average of iterations by one of seconds; in tqdm, smoothing=0 turns both off": (
        "进度条用迭代数的平均除以秒数的平均；在 tqdm 中 smoothing=0 会关闭两者"
    ),
    "the time between the updates is ignored": "不考虑两次更新之间的时间",
    "it may overshoot: 2 e1 - e2 can lie outside the range of the params": "可能超调：2 e1 - e2 可以落在参数范围之外",
    "the ETA follows another rule, yt-dlp-eta": "剩余时间用另一条规则 yt-dlp-eta",
    "TRL BEMACallback: the average, or the model": "TRL BEMACallback：平均值或模型",
    "what is shown: the average, or the model": "显示什么：平均值（average）或模型（model）",
    "the exponent of the part that the model adds": "模型所加部分的指数",
    "R(s + R(alpha*R(p - first))), alpha = (lag + multiplier step)^-bias_power, first the first param.": (
        "R(s + R(alpha*R(p - first)))，alpha = (lag + multiplier 步)^-bias_power，first 是第一个参数。"
    ),
    "0 before the warm-up's end, then DECAY": "预热结束之前为 0，之后为给定衰减率",
    "ai-toolkit ExponentialMovingAverage, in float32": "ai-toolkit ExponentialMovingAverage（float32）",
    "0 while 0 < itr < start_itr, else DECAY": "0 < itr < start_itr 时为 0，否则为给定衰减率",
    "consistency_models: the target's adaptive rate": "consistency_models：目标网络的自适应率",
    "exp(ln(DECAY) start_scales / scales), scales growing with the step": (
        "exp(ln(给定衰减率) start_scales / scales)，scales 随步数增长"
    ),
    "DECAY; with thres_steps min(DECAY, (1 + t) / (10 + t))": (
        "给定衰减率；有 thres_steps 时 min(给定衰减率, (1 + t) / (10 + t))"
    ),
    "R(s / R(1 - d^k)), d the last decay.": "R(s / R(1 - d^k))，d 是最后的衰减率。",
    "R(s * R(1 / (1 - v^(k + 1)))): the power in double, v the last decay.": (
        "R(s * R(1 / (1 - v^(k + 1))))：乘方用双精度，v 是最后的衰减率。"
    ),
    "CleanRL, TD3, Tianshou: the target network": "CleanRL、TD3、Tianshou：目标网络",
    "DINOv2, the teacher": "DINOv2，教师网络",
    "final + (DECAY - final) (1 + cos(pi i / total_iters)) / 2, after freeze and warm-up": (
        "final + (给定衰减率 - final) (1 + cos(pi i / total_iters)) / 2，在冻结和预热之后"
    ),
    "DINOv3, the teacher: linear_warmup_cosine_decay": "DINOv3，教师网络：linear_warmup_cosine_decay",
    "from start to DECAY in equal steps, then to end along a cosine whose last step is end": (
        "从 start 等距变到给定衰减率，再沿余弦变到 end，最后一步恰为 end"
    ),
    "I-JEPA, the target encoder": "I-JEPA，目标编码器",
    "V-JEPA 2, the target encoder": "V-JEPA 2，目标编码器",
    "data2vec (fairseq), the teacher": "data2vec（fairseq），教师网络",
    "from DECAY to ema_end_decay in ema_anneal_end_step equal steps": (
        "分 ema_anneal_end_step 步从给定衰减率等距变到 ema_end_decay"
    ),
    "lightly update_momentum with cosine_schedule": "lightly update_momentum 与 cosine_schedule",
    "final - (final - DECAY) (1 + cos(pi step / max_steps)) / 2; the first update has DECAY itself": (
        "final - (final - 给定衰减率) (1 + cos(pi step / max_steps)) / 2；第一次更新用给定衰减率本身"
    ),
    "1 - (1 - DECAY) (1 + cos(pi global_step / max_steps)) / 2; the first update has DECAY itself": (
        "1 - (1 - 给定衰减率) (1 + cos(pi global_step / max_steps)) / 2；第一次更新用给定衰减率本身"
    ),
    "DECAY; of the squares of the gradients": "给定衰减率；对梯度的平方",
    "fma(R(w*g), g, R(d*s)), g the gradient": "fma(R(w*g), g, R(d*s))，g 是梯度",
    "Muon: the momentum buffer": "Muon：动量缓冲区",
    "AdEMAMix: the slow average": "AdEMAMix：慢平均",
    "DECAY; in the first T_beta3 steps its half-life grows from that of beta1": (
        "给定衰减率；前 T_beta3 步其半衰期从 beta1 的增长"
    ),
    "SWAG: the mean": "SWAG：均值",
    "R(R(R(s*(w - 1))/w) + R(p/w)), where w is the count of the models so far": (
        "R(R(R(s*(w - 1))/w) + R(p/w))，w 是到此为止的模型数"
    ),
    "Flax BatchNorm (linen, nnx): the running mean and variance": "Flax BatchNorm（linen、nnx）：滑动均值和方差",
    "Equinox BatchNorm: the running mean and variance": "Equinox BatchNorm：滑动均值和方差",
    "Equinox BatchNorm, mode='batch': the running mean and variance": "Equinox BatchNorm，mode='batch'：滑动均值和方差",
    "Caffe BatchNorm: the mean and variance": "Caffe BatchNorm：均值和方差",
    "DECAY; divided by the sum of the weights": "给定衰减率；除以权重之和",
    "torch.ao MovingAverageMinMaxObserver: the minimum or the maximum": (
        "torch.ao MovingAverageMinMaxObserver：最小值或最大值"
    ),
    "vector-quantize-pytorch: cluster_size and embed_avg": "vector-quantize-pytorch：cluster_size 和 embed_avg",
    "R(s / O(1 - v^k)): the power in double.": "R(s / O(1 - v^k))：乘方用双精度。",
    "nanochat: the printed loss": "nanochat：打印的损失",
    "1 - rate; divided by the average of ones": "1 - rate；除以恒为 1 的参数的平均",
    "R(s * R(1 / weights)), where weights is the sum of the weights, decayed like s.": (
        "R(s * R(1 / weights))，weights 是权重之和，与 s 一样衰减。"
    ),
    "R(s * R(1 / max(rate, ones))), where ones is the average of ones.": (
        "R(s * R(1 / max(rate, ones)))，ones 是 1 的平均。"
    ),
    "1 - rate where count % every == 0, else 1": "count % every == 0 时为 1 - rate，否则为 1",
    "Weights & Biases, the older exponential moving average of a chart": "Weights & Biases 图表，旧的指数滑动平均",
    "MLflow's line smoothing of a chart": "MLflow 图表的曲线平滑",
    "lineSmoothness / 101; 0 at a lineSmoothness of 1": "lineSmoothness / 101；lineSmoothness 为 1 时为 0",
    "s*d + p*w; a NaN leaves s unchanged": "s*d + p*w；参数为 NaN 时 s 不变",
    "s / (1 - pow_v8(d, k)), where k counts a NaN too. A NaN is shown as it is, and so is a series whose points so far"
    " are all equal.": (
        "s / (1 - pow_v8(d, k))，k 也计入 NaN。NaN"
        " 原样显示，各点全部相等的序列也原样显示；是否全部相等，按到此为止传入的点判断。"
    ),
    "ClearML's exponential smoothing of a chart": "ClearML 图表的指数平滑",
    "R(s / R(1 - pow_v8(d, k))), but s itself in the first update; nothing once s is infinite or NaN.": (
        "R(s / R(1 - pow_v8(d, k)))，第一次更新为 s 本身；s 变为无穷或 NaN 之后不显示。"
    ),
    "Aim's exponential moving average of a chart": "Aim 图表的指数滑动平均",
    "1 - alpha; adjust: divided by the sum of the weights": "1 - alpha；adjust：除以权重之和",
    "s + (p - s)*(new / (old + new)), where old is the decayed weight of all earlier params": (
        "s + (p - s)*(new / (old + new))，old 是此前所有参数的权重衰减之后的总和"
    ),
    "s; a null shows a null.": "s；null 仍显示 null。",
    "audiocraft ModuleDictEMA, demucs ModelEMA": "audiocraft ModuleDictEMA、demucs ModelEMA",
    "1 - 1 / c, c = c DECAY + 1 from 0; DECAY without unbias": (
        "1 - 1 / c，c = c DECAY + 1，从 0 开始；不用 unbias 时为 DECAY"
    ),
    "whether the weight is 1 / (decayed count of updates)": "权重是否为“衰减的更新计数”的倒数",
    "with unbias, the first update computes a copy and nothing is left of the initial value": (
        "用 unbias 时，第一次更新算出的是复制，初始值一点不剩"
    ),
    "1 - w / (sum of all w), w = 1 - DECAY before switch_step, then 1 - sqrt((step - switch_step) / decay_steps)": (
        "1 - w /（所有 w 之和），switch_step 之前 w = 1 - DECAY，此后 w = 1 - sqrt((step - switch_step) / decay_steps)"
    ),
    "the step at which the weights start to fall": "权重开始下降的步数",
    "the steps until they reach 0": "权重降到 0 所经的步数",
    "the first update computes a copy": "第一次更新算出的是复制",
    "before switch_step all weights are equal, as in a mean": "switch_step 之前所有权重相等，就是普通的均值",
    "2^(-elapsed / x); divided by the weights of an infinite series": "2^(-间隔 / x)；除以无穷级数的权重之和",
    "R(s / all_weights): the sum over the weights of an infinite series with a value in each unit of time.": (
        "R(s / all_weights)：和除以每个时间单位各有一个值的无穷级数的权重之和。"
    ),
    "it divides by the weights of an infinite series with a value in each unit of time: a single 10 at x = 1 shows 5,"
    " and gaps pull it to zero": (
        "除数是无穷序列（每个时间单位各有一个值）的权重之和：x = 1 时单独一个 10 显示为 5，空缺会把结果拉向 0"
    ),
    "exponentialTimeDecayedAvg() is another function: rule clickhouse-decayed": (
        "exponentialTimeDecayedAvg() 是另一个函数：规则 clickhouse-decayed"
    ),
    "ClickHouse exponentialTimeDecayedAvg() and exponentialTimeDecayedSum()": (
        "ClickHouse exponentialTimeDecayedAvg() 和 exponentialTimeDecayedSum()"
    ),
    "e^(-elapsed / x); divided by the sum of the weights": "e^(-间隔 / x)；除以权重之和",
    "the time in which a weight falls to 1/e": "权重降到 1/e 所需的时间",
    "the average, or the weighted sum itself": "平均值，或加权和本身",
    "x is not a half-life: x = 10 has a half-life of 6.93": "x 不是半衰期：x = 10 的半衰期是 6.93",
    "the frame is all rows so far: ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW": (
        "窗口是到目前为止的所有行：ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
    ),
    "params needed before the average is shown": "已有多少个参数值之后才显示平均值",
    "1 - alpha; divided by the sum of the weights": "1 - alpha；除以权重之和",
    "s = s*d + p and total = total*d + 1, the sums of params and weights": (
        "s = s*d + p 和 total = total*d + 1，参数之和与权重之和"
    ),
    "R(s / total): the sum of the params divided by the sum of their weights.": "R(s / total)：参数之和除以权重之和。",
    "numbagg move_exp_nanmean, and xarray rolling_exp().mean()": (
        "numbagg move_exp_nanmean，以及 xarray rolling_exp().mean()"
    ),
    "river 0.26.1, river/stats/ewmean.py and its Rust core": "river 0.26.1，river/stats/ewmean.py 及其 Rust 核心",
    "lam; of the params' squares": "lam；对参数的平方",
    "the shadow of the round before.": "上一次更新后的影子值。",
    "R forecast::ses, the level": "R forecast::ses，水平",
    "Excel, Exponential Smoothing of the Analysis ToolPak": "Excel 分析工具库的指数平滑",
    "manuals of third parties, which agree": "几份第三方手册，彼此一致",
    "two clones of q.k": "q.k 的两个克隆实现",
    "TA-Lib, wheels 0.6.8 (C 0.6.4) and 0.8.2 (C 0.8.1)": "TA-Lib，wheel 0.6.8（C 0.6.4）和 0.8.2（C 0.8.1）",
    "TA-Lib RMA, and the averages of ATR, RSI and ADX (Wilder)": "TA-Lib RMA，以及 ATR、RSI、ADX 的平均（Wilder）",
    "a copy of the Pine Script v5 reference": "Pine Script v5 参考的副本",
    "EXP / 2048, EXP = 1884, 2014 or 2037 for 1, 5 or 15 minutes": "EXP / 2048，1、5、15 分钟时 EXP = 1884、2014、2037",
    "d*s + w*p in fixed point with 11 fractional bits: rounded up while p >= s, else down": (
        "d*s + w*p，定点数，小数点后 11 位：p >= s 时向上舍入，否则向下"
    ),
    "srtt += m - (srtt >> 3), in eighths: s + (p - floor(s))/8, at least 1/8": (
        "srtt += m - (srtt >> 3)，以八分之一计：s + (p - floor(s))/8，至少 1/8"
    ),
    "Dropwizard (Codahale) metrics EWMA, and rcrowley/go-metrics": (
        "Dropwizard（Codahale）metrics EWMA，以及 rcrowley/go-metrics"
    ),
    "R(s * 1e9), the rate per second.": "R(s * 1e9)，每秒的速率。",
    "the sum of the first ten; their mean, and R(R(p*w) + R(s*d)), from the eleventh on": (
        "前十个之和；从第十一个起是它们的均值和 R(R(p*w) + R(s*d))"
    ),
    "0 in the first ten updates, then s.": "前十次更新为 0，之后为 s。",
    "1 - max(weight, 100 // count) / 100 in the first 100 updates, then 1 - weight / 100": (
        "前 100 次更新 1 - max(weight, 100 // count) / 100，之后 1 - weight / 100"
    ),
    "1 - alpha; 2 e1 - e2, where e2 averages e1": "1 - alpha；2 e1 - e2，e2 是 e1 的平均",
    "R(R(2*s) - twice), where twice is the average of s.": "R(R(2*s) - twice)，twice 是 s 的平均。",
    "yt-dlp SmoothValue, the speed": "yt-dlp SmoothValue，速度",
    "yt-dlp SmoothValue, the ETA": "yt-dlp SmoothValue，剩余时间",
    "alive-progress, the rate and the ETA": "alive-progress，速率和剩余时间",
}
