"""Chinese, in the terms of the textbooks: 滑动平均, 影子值, 衰减率, 轮数."""

STRINGS = {
    # between words
    ", ": "，",
    " or ": " 或 ",
    "; ": "；",
    "{name}: {text}": "{name}：{text}",
    # the title
    "decay": "衰减率",
    "half-life": "半衰期",
    "half_life": "半衰期",
    "half-life in seconds": "半衰期（秒）",
    "span": "跨度",
    "com": "质心",
    "alpha": "权重",
    "leaves": "剩余",
    "{stated} (decay {decay})": "{stated}（衰减率 {decay}）",
    "rule {name}": "规则 {name}",
    "exact": "精确分数",
    "starts at zero": "从 0 开始",
    "no shadow until there are enough params": "参数值凑够之前没有影子值",
    "starts at the first param": "从第一个参数值开始",
    "starts at the mean of the first params": "从前几个参数值的均值开始",
    "initial value first param": "初始值取第一个参数值",
    "initial value first logged shadow": "初始值取第一个记录的影子值",
    "initial value {values}": "初始值 {values}",
    "Key": "答案",
    "No. {number}": "第 {number} 份",
    "param{number}": "参数{number}",
    # headings, and words in columns
    "round": "次数",
    "step": "轮数",
    "param": "参数",
    "effective decay": "有效衰减率",
    "weight": "权重",
    "shadow": "影子值",
    "change": "变化量",
    "param - shadow": "参数 - 影子值",
    "gap": "差距",
    "held": "存储的参数值",
    "param as held": "存储的参数值",
    "biased": "校正前",
    "debiased": "校正后",
    "initial weight": "初始值所占权重",
    "initial-weight": "初始值所占权重",
    "exact value": "精确值",
    "error in ulps": "误差（ULP）",
    "error-ulps": "误差（ULP）",
    "logged": "日志值",
    "difference": "差",
    "ulps": "差（ULP）",
    "action": "动作",
    "update": "更新",
    "copy": "复制",
    "skip": "跳过",
    "wait": "等待",
    "seed": "起始",
    "stalled": "停滞",
    "working": "演算",
    # the rule in symbols, and the working
    "DECAY": "给定衰减率",
    "WEIGHT": "给定权重",
    "count": "计数",
    "variable": "变量",
    "product": "衰减率之积",
    "old": "旧权重",
    "new": "新权重",
    " if ": "，若 ",
    ", else ": "；否则 ",
    "copied": "复制",
    "skipped": "跳过",
    "kept": "保持不变",
    "waiting": "等待",
    "the mean so far": "此前各值的均值",
    "the logged shadow": "日志中的影子值",
    "elapsed": "间隔",
    "time": "时间",
    "weights": "权重之和",
    "total": "权重总和",
    "earlier": "更新前的平均值",
    "first": "首个参数",
    "twice": "平均值的平均值",
    "ones": "恒1平均值",
    "tick": "时钟周期",
    "size": "平均长度",
    "part": "每份占比",
    "weights is the sum of the weights so far, decayed like the sum of the params.": "权重之和与参数之和一同衰减。",
    "total is the sum of the weights so far, decayed like the sum of the params.": "权重总和与参数之和一同衰减。",
    "earlier is the average before the update.": "“更新前的平均值”是本次更新之前的滑动平均值。",
    "twice is the average of the average.": "“平均值的平均值”是对滑动平均值再做一次滑动平均。",
    "first is the first param.": "首个参数即第一次更新的参数值。",
    "e2 is the average of the average.": "e2 是对滑动平均值再做一次滑动平均。",
    "e3 is the average taken three times over, e4 four times, and so on.": "e3 是三次滑动平均，e4 是四次，依此类推。",
    "ones is the average of a param that is always 1.": "“恒1平均值”是参数恒为 1 时的滑动平均值。",
    "tick is the length of a tick, in nanoseconds.": "时钟周期以纳秒为单位。",
    "size is the length of the average.": "平均长度即求平均的参数个数。",
    "part is 1 divided by that length.": "每份占比即 1 除以平均的参数个数。",
    "Computed in exact fractions": "以精确分数计算",
    "Computed in {dtype}": "以 {dtype} 计算",
    "Held in {dtype}": "以 {dtype} 保存",
    "{held}, shown {shown}": "{held}，{shown}",
    "to {count} significant digits": "显示时保留 {count} 位有效数字",
    "to {count} decimals": "显示时保留 {count} 位小数",
    "as the shortest decimals that read back": "显示为能还原出同一个数的最短小数",
    "Each shadow is rounded to {decimals} (half away from zero) before the next round": (
        "每次的影子值四舍五入到{decimals}，再参与下一次计算"
    ),
    "Each accumulator and shadow is rounded to {decimals} (half away from zero); the accumulator enters the next"
    " round": "每次的累积值（校正前）和影子值四舍五入到{decimals}，累积值再参与下一次计算",
    "1 decimal": " 1 位小数",
    "{count} decimals": " {count} 位小数",
    "{carried}. = is exact as printed, ≈ is rounded.": "{carried}；= 表示所示数值精确相等，≈ 表示经过舍入。",
    "k counts the updates.": "k 是更新的次数。",
    "product is the product of the decays so far.": "衰减率之积是到这次为止各衰减率的乘积。",
    "old and new are the weights of the shadow and of the param.": "旧权重和新权重分别是影子值和参数的权重。",
    # notes below a table
    "{missing} of {count} rounds are left out: round 0, every {nth} round and the last are shown.": (
        "省略了 {count} 次更新中的 {missing} 次：只列出初始值（第 0 次）、{nth}一行和最后一次。"
    ),
    "{number}st": "每 {number} 次",
    "{number}nd": "每 {number} 次",
    "{number}rd": "每 {number} 次",
    "{number}th": "每 {number} 次",
    "{count} of {rounds} rounds stalled, first in round {first}: the change was too small for {dtype}, so the shadow"
    " did not move; it ends at {shadow}": (
        "{rounds} 次更新中有 {count} 次停滞，最早是第 {first} 次：变化量小到 {dtype} 无法表示，影子值保持原样；"
        "最后停在 {shadow}"
    ),
    "no round was an update: each copied the param or was skipped; --about-rule {rule} says when it updates": (
        "没有一次是更新：每次不是复制参数就是跳过；--about-rule {rule} 说明它何时更新"
    ),
    "the chart draws the first {some} of {count} groups; --where chooses others": (
        "图中只画前 {some} 组（共 {count} 组）；用 --where 选择其他组"
    ),
    "each group of --by has a single row; a time goes with --time-column": (
        "--by 的每一组都只有一行；时间列请用 --time-column"
    ),
    "all shadows are blank: there are too few params for the first one": "影子值全部为空：参数太少，得不出第一个",
    "--initial has no effect: the first round after the mean copies the param": (
        "--initial 不起作用：均值之后的第一次直接复制参数值"
    ),
    "--initial has no effect: the first round sets the shadow to the first param": (
        "--initial 不起作用：无论初始值是多少，第一次之后影子值都是第一个参数值"
    ),
    "no round has a logged value to compare with": "没有可供比较的日志值",
    "the one round agrees {tolerance}": "{tolerance}比较，唯一一次更新一致",
    "all {count} rounds agree {tolerance}": "{tolerance}比较，{count} 次更新全部一致",
    "no difference is more than the last decimal of the params, which may have been rounded: --tolerance abs:{unit}"
    " allows for that": (
        "所有差异都不超过参数的最后一位小数，参数记录时可能舍入过：用 --tolerance abs:{unit} 可以容许这样的差异"
    ),
    "the step goes from {before} to {after} there: if updates are missing from the log, the shadow can't be recomputed:"
    " log every update": (
        "轮数在这里从 {before} 跳到 {after}：如果日志缺少其间的更新，就无法据此重算影子值，请记录每次更新"
    ),
    "in {count} of {told} rounds the logged shadow moves towards {column} and not past it: try --param-column"
    " {column}": (
        "在 {told} 次更新中，日志的影子值有 {count} 次朝 {column} 移动且不越过它：请试 --param-column {column}"
    ),
    "if the param is another column ({columns}), choose it with --param-column": (
        "如果参数是另一列（{columns}），请用 --param-column 指定"
    ),
    "in the logged digits": "按日志的位数",
    "to the logged digits": "按日志的位数",
    "within {tolerance}": "按容差 {tolerance} ",
    "round {number}": "第 {number} 次",
    "round {number} (step {step})": "第 {number} 次（轮数 {step}）",
    # what --identify found: the table
    "rank": "名次",
    "differs at": "首个差异",
    "dtype": "类型",
    "initial": "初始值",
    "counter": "计数",
    "its own": "自行计数",
    "from {number}": "从 {number} 起",
    "as logged": "取日志值",
    # the same in sentences
    "{average} gives all {count} rounds {digits}": "{average} 算出的 {count} 次影子值全部{digits}一致",
    "to the last bit": "逐位",
    "; so does 1 other": "；另有 1 个候选也是如此",
    "; so do {count} others": "；另有 {count} 个候选也是如此",
    "; so do at least {count} others": "；至少另有 {count} 个候选也是如此",
    "only the first {count} rounds of the log were used": "日志更长：只用了最前面的 {count} 次更新",
    # why there is no answer
    "no average is named: {why}": "无法断定是哪一种滑动平均：{why}",
    "no average that was tried gives this log": "试过的滑动平均都不能得出这份日志",
    "none of the rules that were tried ({rules}) gives this log": "试过的规则（{rules}）都不能得出这份日志",
    "leave {options} out to try more": "去掉 {options} 会尝试更多",
    "the shadow is the param in every round: a decay of 0, or the column of the param itself": (
        "每次的影子值都等于参数：衰减率为 0，或者这一列就是参数本身"
    ),
    "the shadow never moves: a decay at or near 1, updates lost to rounding, or no average at all; --initial X says"
    " where it started": (
        "影子值从不变化：衰减率为 1 或接近 1，更新因舍入而丢失，或者根本不是滑动平均；可用 --initial X 说明它的初始值"
    ),
    "constant decay {decay}": "恒定衰减率 {decay}",
    "a simple moving average over {window} rounds (--rule sma), with equal weights, not an exponential one": (
        "这是 {window} 次更新的简单滑动平均（--rule sma），各次权重相同，不是指数滑动平均"
    ),
    "a moving average over {window} rounds with linear weights (WMA), not an exponential one": (
        "这是 {window} 次更新的线性加权滑动平均（WMA），不是指数滑动平均"
    ),
    "to see it: {command}": "验证命令：{command}",
    "no --check can repeat this: the rule counts step{offset}, so add {added} to the step column": (
        "无法用 --check 重现：规则按轮数{offset}计数，请给轮数列加上 {added}"
    ),
    "every logged shadow is a {dtype} number: try --dtype {dtype}": (
        "日志中每个影子值都恰是 {dtype} 的数：试试 --dtype {dtype}"
    ),
    "the decays agree, but the log starts from another value: try --initial logged": (
        "日志的衰减率与计算的相同，但起点不同：试试 --initial logged"
    ),
    "in {where} the logged shadow is not between the one before it and the param: --identify says more": (
        "{where}日志的影子值不在前一个影子值与参数之间：--identify 可给出更多说明"
    ),
    "in {where} the logged decay is {logged}, the computed one {computed}: --identify says more": (
        "{where}日志的衰减率为 {logged}，计算用的是 {computed}：--identify 可给出更多说明"
    ),
    "no difference is more than 1 ulp: --tolerance ulp:1 allows for that": (
        "所有差异都不超过 1 ULP：可用 --tolerance ulp:1 容许"
    ),
    "no difference is more than {count} ulps: --tolerance ulp:{count} allows for that": (
        "所有差异都不超过 {count} ULP：可用 --tolerance ulp:{count} 容许"
    ),
    "the logged shadow of round 1 is the param: try --initial first, or a rule that copies first": (
        "日志中第 1 次的影子值就是参数：请试 --initial first，或者第一次复制参数的规则"
    ),
    "the logged shadow of round 1 is the param, as with a rule that copies first": (
        "日志中第 1 次的影子值就是参数，与第一次复制参数的规则相同"
    ),
    "{what}: if updates are missing from the log, the shadow can't be recomputed: log every update": (
        "{what}：如果日志缺少其间的更新，就无法据此重算影子值；请记录每次更新"
    ),
    "the step moves by {stride} from row to row": "每行之间轮数增加 {stride}",
    "the step moves by {low} to {high} from row to row": "每行之间轮数增加 {low} 到 {high}",
    "{what}: if the average was updated at each step, the log lacks updates, and no rule can be identified: log every"
    " update": "{what}：如果每一轮都更新过滑动平均，日志就缺少更新，无法据此断定规则；请记录每次更新",
    "{dtype} rounds the param by more than half of param - shadow in {count} rounds, first in round {first}: {param} is"
    " held as {held}; -c +held shows it": (
        "有 {count} 次更新，{dtype} 对参数的舍入超过参数与影子值之差的一半，最早是第 {first} 次："
        "{param} 存为 {held}；-c +held 可显示"
    ),
    # the summary
    "summary": "小结",
    "half-life, in rounds: ln 0.5 / ln DECAY": "半衰期（次）：ln 0.5 / ln 给定衰减率",
    "time constant, in rounds: 1 / (1 - DECAY)": "时间常数（次）：1 / (1 - 给定衰减率)",
    "span, in rounds: 2 / (1 - DECAY) - 1": "跨度（次）：2 / (1 - 给定衰减率) - 1",
    "centre of mass, in rounds: DECAY / (1 - DECAY)": "质心（次）：给定衰减率 / (1 - 给定衰减率)",
    "warm-up ends at step": "预热结束时的轮数",
    "warm-up ended in round": "预热在第几次更新结束",
    "what is left of the initial value": "初始值的剩余权重",
    "rounds to within 1 % of a constant param, at DECAY": "按给定衰减率，与恒定参数相差不到 1% 所需的次数",
    "at most 10 % of the initial value left from round": "初始值从第几次更新起只剩 10% 或更少",
    "at most 1 % of the initial value left from round": "初始值从第几次更新起只剩 1% 或更少",
    "effective number of params: (sum of shares)^2 / sum of share^2": ("等效参数个数：(份额之和)^2 / 份额平方之和"),
    "mean age of the params, in rounds (the last has age 0)": "参数距今的平均次数（最后一个为 0）",
    "stalled rounds": "停滞次数",
    "param - shadow at the end": "最终的参数 - 影子值",
    "sigma_rel, the relative standard deviation of the profile": "sigma_rel，即权重分布的相对标准差",
    "exponent of the profile": "权重分布的指数",
    # what decays mean
    "weight (alpha): 1 - DECAY": "权重（alpha）：1 - 给定衰减率",
    "standard deviation of the params' ages, in rounds: sqrt(DECAY) / (1 - DECAY)": (
        "参数距今次数的标准差（次）：sqrt(给定衰减率) / (1 - 给定衰减率)"
    ),
    "sigma_rel after {runs} rounds: that deviation / {runs}": "{runs} 次更新后的 sigma_rel：上述标准差 / {runs}",
    "exponent of that sigma_rel": "该 sigma_rel 对应的指数",
    "rounds after which sigma_rel is {sigma_rel} (exponent {exponent})": (
        "sigma_rel 为 {sigma_rel}（指数 {exponent}）时的更新次数"
    ),
    "what is left of the initial value after {runs} rounds": "{runs} 次更新后初始值的剩余权重",
    "rounds until {percent} % of the initial value is left": "初始值只剩 {percent}% 所需的次数",
    "effective number of params: (1 + DECAY) / (1 - DECAY)": ("等效参数个数：(1 + 给定衰减率) / (1 - 给定衰减率)"),
    "decay for {times} times the batch: DECAY^{times}": "批大小变为 {times} 倍时的衰减率：给定衰减率^{times}",
    # lists of rules
    "rule": "规则",
    "framework": "框架",
    "first decays at {decay}": "前三个衰减率（{decay}）",
    "default decay": "默认衰减率",
    "source": "出处",
    "none": "无",
    "what": "项目",
    "text": "说明",
    "first call": "第一次调用",
    "arithmetic": "算法",
    "letters": "符号",
    "s the shadow": "s 是影子值",
    "p the param": "p 是参数",
    "d the decay": "d 是衰减率",
    "w the weight": "w 是权重",
    "R rounds to the dtype": "R 舍入到数据类型",
    "O rounds to the type that the framework computes in": "O 舍入到计算所用的类型",
    "f32 rounds to float32": "f32 舍入到 float32",
    "fma(x, y, z) is x*y + z, rounded once": "fma(x, y, z) 是只舍入一次的 x*y + z",
    "shadow starts": "影子值的起点",
    "shown value": "输出的值",
    "default dtype": "默认类型",
    "parameter": "设置项",
    "profile": "权重分布",
    "weights (n/N)^{exponent}: sigma_rel {sigma_rel}": "权重 (n/N)^{exponent}：sigma_rel {sigma_rel}",
    "note": "注意",
    "area": "领域",
    "alias": "别名",
    "from its source code, not from a run": "依据源代码，没有运行验证",
    "not used": "不使用",
    "the shadow itself": "就是影子值",
    "{text}; it starts at {first} and grows by {stride}": "{text}；从 {first} 起，每次加 {stride}",
    "copies the param": "复制参数",
    "skips": "跳过",
    "updates": "更新",
    "takes the param": "直接取参数值",
    "takes the param as the shadow, then updates": "先把参数值作为影子值，再更新",
    "{form}; {scalars}; the decay v is a {type}": "{form}；{scalars}；衰减率 v 用 {type} 计算",
    "p is {take} of the param, {scalars}": "p 为参数的 {take}，{scalars}",
    "; subnormal numbers are flushed to zero": "；非规格化数当作 0",
    "; in 16 bits ": "；16 位类型时 ",
    "; in bfloat16 ": "；bfloat16 时 ",
    " else ": "；否则 ",
    "v is the weight: ": "v 是权重：",
    "at the initial value": "第一次更新之前的参数值",
    "at zero; it takes no initial value": "0；不接受初始值",
    "{name} is the weight, not the decay": "{name} 是权重，不是衰减率",
    "at the first param": "第一个参数值",
    "at the mean of the first params": "前几个参数值的均值",
    "adds the param to the mean": "把参数值计入均值",
    "the decay": "衰减率",
    "the weight": "权重",
    "the half-life, in rounds": "半衰期（次）",
    "the span, in rounds": "跨度（次）",
    "the centre of mass, in rounds": "质心（次）",
    "{text}, {value} by default": "{text}，默认 {value}",
    "{name}: {text} ({allowed}; {value} by default)": "{name}：{text}（{allowed}；默认 {value}）",
    "a number": "数值",
    "a number from {least:g} up": "不小于 {least:g} 的数",
    "a number from {least:g} to {most:g}": "{least:g} 到 {most:g} 的数",
    "a number above {least:g}": "大于 {least:g} 的数",
    "a number above {least:g} to {most:g}": "大于 {least:g}、不超过 {most:g} 的数",
    "a whole number from {least:g} up": "不小于 {least:g} 的整数",
    "a whole number from {least:g} to {most:g}": "{least:g} 到 {most:g} 的整数",
    "no room for {columns}; --width 200 or --format csv shows all": (
        "宽度不够，未列出{columns}；用 --width 200 或 --format csv 可以看到全部"
    ),
    # pages and charts
    "The average, round by round": "每次更新后的滑动平均值",
    "The key, round by round": "逐次答案",
    "to fill in": "待填写",
    "The chart has no value to draw.": "图中没有可画的数值。",
    "{name}, written out": "{name}的展开式",
    "{names} by {key}": "{names}，横轴为{key}",
    "The working does not change with the cells.": "演算过程不随单元格改变。",
    "Formulas need every round; with rounds left out, the cells are values.": (
        "公式需要每一次更新；有更新未列出时，单元格只有数值。"
    ),
    "A sheet can't reproduce this rule's arithmetic exactly, so its cells are values.": (
        "电子表格无法逐位重现这条规则的运算，单元格中只有数值。"
    ),
    "A sheet can't reproduce every rule's arithmetic exactly; cells without a formula are values.": (
        "电子表格无法逐位重现每条规则的运算，没有公式的单元格中只有数值。"
    ),
    "share": "所占份额",
    "initial value": "初始值",
    "warm-up": "预热",
    "Reset": "重置",
    "Round {number} with its numbers": "第 {number} 次更新代入数值",
    "(choose another in the table)": "（可在表中点选其他各次）",
    "param of round {number}": "第 {number} 次的参数",
    "After round {number} the shadow is {shadow}.": "第 {number} 次更新后，影子值为 {shadow}。",
    "{text} is not valid here; the last value is kept.": "{text} 不是这里可用的值，仍按先前的值计算。",
    "JavaScript lacks this rule's arithmetic: this page computes the textbook formula in float64.": (
        "JavaScript 无法逐位重现这条规则的运算：本页按教科书公式以 float64 计算。"
    ),
    "Name:": "姓名：",
    "Date:": "日期：",
    "Helvetica, Arial, 'DejaVu Sans', sans-serif": (
        "'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
    ),
    "value": "数值",
    "DejaVu Sans": (
        "Noto Sans CJK SC, Source Han Sans SC, Noto Sans SC, PingFang SC, Microsoft YaHei, SimHei, Heiti SC,"
        " WenQuanYi Zen Hei, WenQuanYi Micro Hei, Droid Sans Fallback, Noto Sans CJK JP, Arial Unicode MS"
    ),
    # LaTeX: what an engine, a class and packages are called that set Chinese
    "compile with pdflatex, xelatex or lualatex": "用 xelatex 编译，需要 ctex 宏包",
    r"\documentclass{{article}}": r"\documentclass[zihao=false]{{ctexart}}",
    "in the preamble": "用 xelatex 编译，导言区需要",
    "booktabs,longtable": "booktabs,longtable,ctex",
    "a table in the largest type that fits": "表格用放得下的最大字号",
    "decay used where 1 - decay belongs? The decay is {decay}, and 1 - {decay} = {usual} is a common one": (
        "衰减率与 1 - 衰减率是否用反了？衰减率为 {decay}，而 1 - {decay} = {usual} 是常用的衰减率"
    ),
    "no round constrains the decay: log more rounds or more digits": (
        "没有一次更新能用来推断衰减率：请记录更多次更新或更多位数字"
    ),
    "the decays lie between {low} and {high} and fit no curve that was tried: updates are missing from the log, or it"
    " is not an average of this param alone; --explain lists them": (
        "衰减率在 {low} 与 {high} 之间，不符合任何试过的曲线：日志缺少更新，或者它不只是这个参数的滑动平均；"
        "--explain 列出每次更新的衰减率"
    ),
    "in {count} of {known} rounds the shadow is not between the previous one and the param (first in {where}): not an"
    " average of this param, or the log lacks updates": (
        "{known} 次更新中有 {count} 次，影子值不在上一个影子值与参数之间（首次在{where}）：它不是这个参数的滑"
        "动平均，或者日志缺少更新"
    ),
    "{what}, of the square of the param: an average of param^2": "{what}，对参数的平方：平均的是 param^2",
    "decay used where 1 - decay belongs: the weights follow {what}": "衰减率与 1 - 衰减率用反了：权重符合{what}",
    "{what}, shadow read one round late: each row has the shadow from before its update": (
        "{what}，影子值晚记了一次：每行记的是本次更新之前的影子值"
    ),
    "{what}, param read one round late: each row has the shadow of the next row's param": (
        "{what}，参数晚记了一次：每行的影子值对应下一行的参数"
    ),
    "{what}, param and shadow swapped": "{what}，参数与影子值互换了",
    "{what}, if the rows are sorted by step, keeping the last of each step: the steps go back to {step} in round"
    " {number}, as when a run is resumed": (
        "{what}（按轮数排序各行，同一轮数只留最后一行）：第 {number} 次更新时轮数退回到 {step}，像是断点续训（resume）"
    ),
    "{what}, of the square of the param: the shadow is the root of an average of param^2": (
        "{what}，对参数的平方：影子值是 param^2 的平均的平方根"
    ),
    "{what}, of the logarithm of the param: an average of log(param)": "{what}，对参数的对数：平均的是 log(param)",
    "{what}, of the logarithm of the param: the shadow is a geometric mean, exp of an average of log(param)": (
        "{what}，对参数的对数：影子值是几何平均，即 log(param) 的平均的 exp"
    ),
    "{what}, and the shadow is exp of the average, as a perplexity is of a loss": (
        "{what}，影子值是平均的 exp，如困惑度之于损失"
    ),
    "{what}, and the shadow is 1 over the average, as a rate is of times": "{what}，影子值是平均的倒数，如速率之于用时",
    "{what}, of 1 over the param: the shadow is a harmonic mean": "{what}，对参数的倒数：影子值是调和平均",
    "{what}, of the magnitude of the param: an average of abs(param)": ("{what}，对参数的绝对值：平均的是 abs(param)"),
    "{what}, of the param rounded to {dtype}: the param was rounded before it was averaged": (
        "{what}，对舍入到 {dtype} 的参数：参数在平均之前被舍入"
    ),
    "the first shadow, in round {count}, is the mean of the first {count} params": (
        "第一个影子值在第 {count} 次更新，是前 {count} 个参数值的均值"
    ),
    "{told}: --initial mean:{count}": "{told}：--initial mean:{count}",
    "Few rounds constrain the decay ({count}); log at least 10.": (
        "能用来推断衰减率的更新太少（{count} 次）；请至少记录 10 次。"
    ),
    "the shadow is first logged in round {number}": "影子值从第 {number} 次更新起才有记录",
    "schedule: {what}": "衰减率的变化：{what}",
    "DECAY was never reached: any DECAY from {least} up fits as well; {decay} is shown": (
        "始终没有达到 DECAY：DECAY 只要不小于 {least}，结果都相同，这里取 {decay}"
    ),
    "no round reached a constant DECAY: if there is one, it is at least {least}": (
        "看不到预热在哪里结束：如果设了 DECAY，它不小于 {least}"
    ),
    "{average} gives {agree} of {count} rounds, and the rest within {off}: {why}": (
        "{average} 能得出 {count} 次更新中的 {agree} 次，其余相差不超过 {off}：{why}"
    ),
    "{count} ulps": "{count} ULP",
    "the code rounds halves differently": "代码对恰好一半的舍入方式不同",
    "the schedule matches, but the code computes part of it in a shorter type": (
        "衰减率的变化规律相同，但代码有一部分用更短的类型计算"
    ),
    "the schedule matches, but the code computes it in another order or precision than the rules that were tried": (
        "衰减率的变化规律相同，但代码的运算顺序或精度与试过的规则不同"
    ),
    "a low-pass filter over time: the decay is {tau}/({tau} + elapsed)": (
        "按时间间隔的低通滤波：衰减率为 {tau}/({tau} + elapsed)"
    ),
    "the decay follows the elapsed time: 0.5^(elapsed/{short}), a half-life of {half}, or exp(-elapsed/{time}), or"
    " {each}^elapsed": (
        "衰减率随时间间隔变化：0.5^(elapsed/{short})，半衰期 {half}，即 exp(-elapsed/{time})，或 {each}^elapsed"
    ),
    "{what}; the average is debiased, as in pandas": "{what}；滑动平均经偏差校正，与 pandas 相同",
    "{what}; elapsed is the difference of column {column} between two rows; to see it, give {options}": (
        "{what}；elapsed 是列 {column} 中两行之差；验证请用 {options}"
    ),
    "decays from {low} to {high} fit as well, such as {other}": "从 {low} 到 {high} 的衰减率同样符合，如{other}",
    "decays from {low} to {high} fit as well": "从 {low} 到 {high} 的衰减率同样符合",
    "{average} gives all {count} rounds, as far as the rounding of the first shadow allows": (
        "{average} 能得出全部 {count} 次更新（在第一个影子值的舍入范围内）"
    ),
    "{average} gives all {count} rounds, as far as the rounding of the params in the log allows": (
        "{average} 能得出全部 {count} 次更新（在日志中参数的舍入范围内）"
    ),
    "; no rule in the catalogue does": "；规则库中没有这样的规则",
    "the shadow updates every {period} rounds, first in round {number}": (
        "影子值每 {period} 次才更新一次，首次是第 {number} 次"
    ),
    "round {number} is the first to change it, to the param": "第 {number} 次首次改变影子值，使其等于参数值",
    "the shadow does not move up to round {number}": "影子值到第 {number} 次为止不变",
    "the schedule begins in round {number}": "衰减率从第 {number} 次更新起这样变化",
    "n counts the updates, from 0 in round {number}": "n 从 0 起计更新次数，0 即第 {number} 次",
    "a debiased average, decay {decay}, with the exponent off by one: round t divides by 1 - decay^{exponent}": (
        "经偏差校正的滑动平均，衰减率 {decay}，但指数差一：第 t 次除以 1 - 衰减率^{exponent}"
    ),
    "no average is named, as the log says too little: log more rounds or more digits": (
        "无法断定是哪一种滑动平均：日志的信息太少，请记录更多次更新或更多位数字"
    ),
    "no average in the catalogue gives this log": "规则库中的滑动平均都不能得出这份日志",
    "the weights do not add up to 1: each shadow is {shadow} of the last one and {param} of the param, {total}"
    " together": ("权重之和不为 1：每个影子值是上一个的 {shadow} 倍加参数的 {param} 倍，合计 {total}"),
    "constant decay {decay} in {count} of {known} rounds, but not in {rounds}: a row is missing, the shadow was"
    " replaced, or another param was averaged there": (
        "{known} 次更新中有 {count} 次衰减率恒为 {decay}，但{rounds}不是："
        "那里缺了一行、影子值被替换，或者平均的是另一个参数"
    ),
    "constant decay {decay} in {count} of {known} rounds; the shadow does not move in {rounds}": (
        "{known} 次更新中有 {count} 次衰减率恒为 {decay}；在{rounds}影子值不变"
    ),
    "constant decay {decay} in {count} of {known} rounds, but elsewhere the averaged param seems to be ±{limit}: it"
    " was clipped first": (
        "{known} 次更新中有 {count} 次衰减率恒为 {decay}，其余各次参与平均的参数像是 ±{limit}：平均之前做过截断（clip）"
    ),
    "{what} in the {count} rounds where the step moves by {least}; it moves by more in {others}, first in {where}:"
    " updates are missing from the log there": (
        "在轮数只增加 {least} 的 {count} 次更新中是{what}；有 {others} 次增加得更多，首次在{where}：那里的日志缺少更新"
    ),
    "{what} in the first {count} rounds, but not in all later ones": "前 {count} 次更新是{what}，其后并非都是",
    "constant decay {decay} in {count} of {known} rounds, but not in {rounds}": (
        "{known} 次更新中有 {count} 次衰减率恒为 {decay}，但{rounds}不是"
    ),
    "each shadow is {shadow} of the last one, {param} of the param and {before} of the param before it": (
        "每个影子值是上一个的 {shadow} 倍、参数的 {param} 倍与上一个参数的 {before} 倍之和"
    ),
    "; that is an average of the changes of the param, decay {decay}": "；这是参数变化量的滑动平均，衰减率 {decay}",
    "something is added in each round: each shadow is {shadow} of the last one, {param} of the param, and {more}": (
        "每次更新都加上一个数：每个影子值是上一个的 {shadow} 倍、参数的 {param} 倍与 {more} 之和"
    ),
    "two averages of the param in one, with decays {first} and {second}, as in DEMA or MACD": (
        "由参数的两个滑动平均组合而成，衰减率 {first} 和 {second}，如 DEMA 或 MACD"
    ),
    "the decay changes: {stairs}": "衰减率改变：{stairs}",
    "decay {up} where the param is above the shadow, and {down} where it is below, as for attack and release": (
        "参数高于影子值时衰减率为 {up}，低于时为 {down}，如起音与释音"
    ),
    "{what}, of 1 over the param: an average of 1/param, as frames per second of times": (
        "{what}，平均的是参数的倒数，如由每帧时间得到的帧率"
    ),
    "each shadow is rounded down to a whole number before the next round": "每个影子值在下一次更新前向下取整",
    "each shadow is rounded toward zero to a whole number before the next round": "每个影子值在下一次更新前向零取整",
    "each change is rounded toward zero to a whole number": "每次的变化量向零取整",
    "each shadow is rounded to the nearest whole number before the next round, halves up": (
        "每个影子值在下一次更新前四舍五入取整，半数向上"
    ),
    "each shadow is rounded up to a whole number before the next round": "每个影子值在下一次更新前向上取整",
    "whole numbers leave the decay between {low} and {high}": "整数日志只能确定衰减率在 {low} 与 {high} 之间",
    "the log has the shadows rounded down to whole numbers": "日志中的影子值已向下取整",
    "it starts at the first param, not at zero, and is debiased all the same: {times} times the param in round 1": (
        "它从第一个参数而不是零开始，却仍做了偏差校正：第 1 次是参数的 {times} 倍"
    ),
    "second order, as an average with a trend (Holt): each shadow is {first} of the last one, {second} of the one"
    " before it, {param} of the param and {before} of the param before it": (
        "二阶，如带趋势的平均（Holt）：每个影子值是上一个的 {first} 倍、再上一个的 {second} 倍、"
        "参数的 {param} 倍与上一个参数的 {before} 倍之和"
    ),
    ", or the param without its average: a high-pass filter": "，也就是参数减去其滑动平均：高通滤波",
    "; nothing is forgotten, as in a plain sum": "；什么也不遗忘，等同于普通的求和",
    "; that is a decayed sum (momentum), {times} times an average": "；这是衰减和（动量），等于滑动平均的 {times} 倍",
    "second order: each shadow is {first} of the last one, {second} of the one before it and {param} of the param": (
        "二阶：每个影子值是上一个的 {first} 倍、再上一个的 {second} 倍与参数的 {param} 倍之和"
    ),
    "constant decay {decay}, and the shadow is set to the param in {rounds}: the average was reset there, or"
    " copied into the param": "衰减率恒为 {decay}，在{rounds}影子值被设为参数：滑动平均在那里重置，或被复制到参数",
    "; as an average with decay {decay}, the param is scaled by {scale}": (
        "；若看作衰减率为 {decay} 的滑动平均，则参数乘了 {scale}"
    ),
    "an average that was debiased twice: decay {decay}, divided by (1 - decay^k)^2 in round k": (
        "校正了两次偏差的滑动平均：衰减率 {decay}，第 k 次除以 (1 - 衰减率^k)^2"
    ),
    "a debiased average, decay {decay}, whose exponent is the step, which does not count the updates: it divides by"
    " 1 - decay^step": (
        "经偏差校正的滑动平均，衰减率 {decay}，指数是轮数，而轮数并不等于更新次数：除以 1 - 衰减率^轮数"
    ),
    "the median of the last {window} params, not an average": "最近 {window} 个参数的中位数，不是平均值",
    "the shadow moves away from the param: each shadow is {shadow} of the last one and {param} of the param (a"
    " decay above 1, or a flipped sign)": (
        "影子值远离参数：每个影子值是上一个的 {shadow} 倍加参数的 {param} 倍（衰减率大于 1，或符号反了）"
    ),
    "an average of an average: it looks smoothed twice, with decays {first} and {second}": (
        "滑动平均的滑动平均：像是平滑了两遍，衰减率为 {first} 和 {second}"
    ),
    "{decay} from {where} on": "从{where}起为 {decay}",
    "{what}, whose counter starts again in {where}": "{what}，计数在{where}重新开始",
    "{what}, whose counter starts again in {where}, where the shadow is set to the param": (
        "{what}，计数在{where}重新开始，影子值在那里被设为参数"
    ),
    "a warm-up of the weight, {formula}": "权重预热，{formula}",
    "a warm-up, {formula}": "预热，{formula}",
    "a debiased average, decay {decay}": "经偏差校正的滑动平均，衰减率 {decay}",
    "a decay that rises linearly from {first} to {last} in {count} rounds": (
        "衰减率在 {count} 次更新中从 {first} 线性升到 {last}"
    ),
    "a linear decay, {formula}": "衰减率线性变化，{formula}",
    "the running mean of all params so far: the weight is 1/n in round n": (
        "累积平均，即到目前为止所有参数的均值：第 n 次的权重为 1/n"
    ),
    "the running mean of the params from {where} on: the n-th has weight 1/n": (
        "从{where}开始的参数的累积平均：其中第 n 个的权重为 1/n"
    ),
    "each shadow is rounded to {count} decimals before the next round": "每个影子值在下一次更新前舍入到 {count} 位小数",
    "the shadows were computed in a longer type and rounded to {dtype} when logged": (
        "影子值在写日志时舍入为 {dtype}，计算时用的是更长的类型"
    ),
    "constant decay {decay} ({other})": "恒定衰减率 {decay}（{other}）",
    "{differ} of {count} rounds differ {tolerance}, the first in {where}, by up to {most}: logged {logged}, computed"
    " {computed} there": (
        "{tolerance}比较，{count} 次更新中有 {differ} 次不一致，首次在{where}，最多相差 {most}："
        "那里的日志值为 {logged}，计算值为 {computed}"
    ),
    "; DECAY was never reached: any DECAY from {least} up fits as well": (
        "；始终没有达到 DECAY：DECAY 只要不小于 {least}，结果都相同"
    ),
    "; values such as the logged {text} in round {number} are not compared": (
        "；第 {number} 次的日志值 {text} 这样的值不参与比较"
    ),
    "{missing} of {count} rounds are left out: they agree, and so do their neighbours.": (
        "省略了 {count} 次更新中的 {missing} 次：它们本身一致，前后两次也一致。"
    ),
}
