"""Chinese, in the terms of the textbooks: 滑动平均, 影子值, 衰减率, 轮数."""

STRINGS = {
    # between words
    ", ": "，",
    "; ": "；",
    "{name}: {text}": "{name}：{text}",
    # the title
    "decay": "衰减率",
    "half-life": "半衰期",
    "span": "跨度",
    "com": "质心",
    "alpha": "权重",
    "leaves": "剩余",
    "{stated} (decay {decay})": "{stated}（衰减率 {decay}）",
    "rule {name}": "规则 {name}",
    "exact": "精确分数",
    "starts at zero": "从 0 开始",
    "starts at the first param": "从第一个参数值开始",
    "initial value first param": "初始值取第一个参数值",
    "initial value {values}": "初始值 {values}",
    "Key": "答案",
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
    "biased": "校正前",
    "debiased": "校正后",
    "initial weight": "初始值所占权重",
    "initial-weight": "初始值所占权重",
    "exact value": "精确值",
    "error in ulps": "误差（末位单位）",
    "error-ulps": "误差（末位单位）",
    "logged": "日志值",
    "difference": "差",
    "ulps": "差（末位单位）",
    "action": "动作",
    "update": "更新",
    "copy": "复制",
    "skip": "跳过",
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
    "Values are exact fractions": "数值都是精确的分数",
    "Values are carried as exact fractions, and shown {shown}": "数值以精确的分数参与计算，{shown}",
    "Values are carried at full precision, {dtype}, and shown {shown}": "数值以全精度（{dtype}）参与计算，{shown}",
    "to {count} significant digits": "显示时保留 {count} 位有效数字",
    "to {count} decimals": "显示时保留 {count} 位小数",
    "as the shortest decimals that read back": "显示为能还原出同一个数的最短小数",
    "Each round's shadow is rounded to {decimals}, halves away from zero, and carried so": (
        "每次的影子值四舍五入到{decimals}，再参与下一次计算"
    ),
    "Each round's accumulator and shadow are rounded to {decimals}, halves away from zero; the accumulator is"
    " carried so": "每次的累积值（校正前）和影子值四舍五入到{decimals}，累积值再参与下一次计算",
    "1 decimal": " 1 位小数",
    "{count} decimals": " {count} 位小数",
    "{carried}; = stands where both sides are equal as they are written, ≈ where they are not.": (
        "{carried}；两边按所写的数完全相等时用 =，否则用 ≈。"
    ),
    "k counts the updates.": "k 是更新的次数。",
    "product is that of the decays so far.": "衰减率之积是到这次为止各衰减率的乘积。",
    "old and new are the weights of the shadow and of the param.": "旧权重和新权重分别是影子值和参数的权重。",
    # notes below a table
    "{missing} of {count} rounds are left out: round 0, each {nth} round and the last are shown.": (
        "省略了 {count} 次更新中的 {missing} 次：只列出初始值（第 0 次）、{nth}一行和最后一次。"
    ),
    "{number}st": "每 {number} 次",
    "{number}nd": "每 {number} 次",
    "{number}rd": "每 {number} 次",
    "{number}th": "每 {number} 次",
    "{count} of {rounds} rounds stalled, the first is round {first}: the change was less than {dtype} can hold, and the"
    " shadow stayed as it was; it ends at {shadow}": (
        "{rounds} 次更新中有 {count} 次停滞，最早是第 {first} 次：变化量小到 {dtype} 无法表示，影子值保持原样；"
        "最后停在 {shadow}"
    ),
    "no round was an update: each copied the param or was skipped; --about-rule {rule} says when it updates": (
        "没有一次是更新：每次不是复制参数就是跳过；--about-rule {rule} 说明它何时更新"
    ),
    "--initial makes no difference: after the first round the shadow is the first param in any case": (
        "--initial 不起作用：无论初始值是多少，第一次之后影子值都是第一个参数值"
    ),
    "no round has a logged value to compare with": "没有可供比较的日志值",
    "the one round agrees {tolerance}": "唯一一次更新{tolerance}一致",
    "all {count} rounds agree {tolerance}": "{count} 次更新{tolerance}全部一致",
    "{agreed} of {count} rounds agree {tolerance}; the first difference is in {where}: logged {logged}, computed"
    " {computed}": (
        "{count} 次更新中有 {agreed} 次{tolerance}一致；首个差异在{where}：日志值 {logged}，计算值 {computed}"
    ),
    "no difference is more than the last decimal of the params, which may have been rounded: --tolerance abs:{unit}"
    " allows for that": (
        "所有差异都不超过参数的最后一位小数，参数记录时可能舍入过：用 --tolerance abs:{unit} 可以容许这样的差异"
    ),
    "the step goes from {before} to {after} there: if the log lacks the updates between, no shadow can be recomputed"
    " from it: log every update": (
        "轮数在这里从 {before} 跳到 {after}：如果日志缺少其间的更新，就无法据此重算影子值，请记录每次更新"
    ),
    "the logged shadow moves towards {column}, and not past it, in {count} of {told} rounds: try --param-column"
    " {column}": (
        "在 {told} 次更新中，日志的影子值有 {count} 次朝 {column} 移动且不越过它：请试 --param-column {column}"
    ),
    "if another column is the param, --param-column says so: there are {columns}": (
        "如果参数是另一列，可用 --param-column 指定：还有 {columns}"
    ),
    "at the digits that were logged": "按日志的位数",
    "within {tolerance}": "在容差 {tolerance} 内",
    "round {number}": "第 {number} 次",
    "round {number} (step {step})": "第 {number} 次（轮数 {step}）",
    # what --identify found: the table
    "rank": "名次",
    "agree": "一致",
    "differs at": "首个差异",
    "dtype": "类型",
    "initial": "初始值",
    "counter": "计数",
    "its own": "自行计数",
    "from {number}": "从 {number} 起",
    "as logged": "取日志值",
    "{agreed} of {count}": "{count} 次中 {agreed} 次",
    "in all rows: {columns}": "各行相同：{columns}",
    # the same in sentences
    "{average} gives all {count} rounds {digits}": "{average} 算出的 {count} 次影子值{digits}全部一致",
    "to the last bit": "逐比特",
    "; so does 1 other": "；另有 1 个候选也是如此",
    "; so do {count} others": "；另有 {count} 个候选也是如此",
    "; so do {count} others, of which {listed} are listed": "；另有 {count} 个候选也是如此，表中列出其中 {listed} 个",
    "1 round tells something of the decay; with ten or more the answer is surer": (
        "只有 1 次更新能反映衰减率；有十次以上，结论会更可靠"
    ),
    "{count} rounds tell something of the decay; with ten or more the answer is surer": (
        "只有 {count} 次更新能反映衰减率；有十次以上，结论会更可靠"
    ),
    "the log is longer: its first {count} rounds were used": "日志更长：只用了最前面的 {count} 次更新",
    "with the rule {rule}, {constants} fit as well": "规则 {rule} 取 {constants} 也同样符合",
    "with the rule {rule}, the decay {decay} fits as well": "规则 {rule} 取衰减率 {decay} 也同样符合",
    "with the rule {rule}, the decays {decays} and {last} fit as well": (
        "规则 {rule} 取衰减率 {decays} 和 {last} 也同样符合"
    ),
    "{what} would tell {labels} from {best}": "{what}可以区分 {labels} 与 {best}",
    "{labels} computes the same on all data that was tried": "{labels} 在试过的所有数据上结果都相同",
    "{labels} compute the same on all data that was tried": "{labels} 在试过的所有数据上结果都相同",
    "{label} in {dtype}": "{label}（{dtype}）",
    "the same rounds logged with all digits": "以全部位数记录同样的更新",
    "{count} more rounds": "再记录 {count} 次更新",
    "rounds at much later steps": "记录轮数大得多的更新",
    # why there is no answer
    "no average is named: {why}": "无法断定是哪一种滑动平均：{why}",
    "no average of the catalogue gives this log; the rows show what comes nearest": (
        "规则目录中没有一种滑动平均能得出这份日志；表中是最接近的候选"
    ),
    "no average of the catalogue gives this log, and none comes near it": (
        "规则目录中没有一种滑动平均能得出这份日志，也没有接近的候选"
    ),
    "no average that was tried gives this log": "试过的滑动平均都不能得出这份日志",
    "none of the rules that were tried ({rules}) gives this log": "试过的规则（{rules}）都不能得出这份日志",
    "the rows show what comes nearest": "表中是最接近的候选",
    "none comes near it": "也没有接近的候选",
    "without {options} more are tried": "去掉 {options} 会尝试更多",
    "the shadow is the param in every round: a decay of 0, or the column of the param itself": (
        "每次的影子值都等于参数：衰减率为 0，或者这一列就是参数本身"
    ),
    "the shadow never moves: a decay of 1, or no average at all; --initial would say where it started": (
        "影子值从不变化：衰减率为 1，或者根本不是滑动平均；用 --initial 可以说明它从何值开始"
    ),
    "the log tells too little to name an average: more rounds would tell more, or more digits": (
        "日志的信息太少，不足以断定：需要更多次更新，或者更多位数"
    ),
    "constant decay {decay}": "恒定的衰减率 {decay}",
    "{average}, shadow read one round late: each row has the shadow from before its update": (
        "{average}，但影子值记录晚了一次：每行的影子值是更新之前的"
    ),
    "{average}, param read one round late: each row has the shadow of the next row's param": (
        "{average}，但参数记录晚了一次：每行的影子值对应下一行的参数"
    ),
    "{average}, param and shadow swapped": "{average}，但参数与影子值两列对调了",
    "the weights are the decays of {rule}, {constant}": "权重正是规则 {rule}（{constant}）的衰减率",
    "the decay is constant, {decay}, and {written} is one that people write": (
        "衰减率恒为 {decay}，而 {written} 才是常用的衰减率"
    ),
    "decay used where 1 - decay belongs: {what}": "应该用 1 - 衰减率 的地方用了衰减率：{what}",
    "a simple moving average over {window} rounds, which weighs them alike, and no exponential one": (
        "这是 {window} 次更新的简单移动平均，各次权重相同，不是指数滑动平均"
    ),
    "constant decay {decay} as far as the digits go, but no rule that was tried rounds so": (
        "就日志的位数而言，衰减率恒为 {decay}，但试过的规则都不这样舍入"
    ),
    "constant decay {decay} as far as the digits go, which was not tried": (
        "就日志的位数而言，衰减率恒为 {decay}，但没有尝试这个衰减率"
    ),
    "constant decay {decay} in {count} of {known} rounds, but not in round {rounds}: a restart, a missing row, or"
    " another param there": (
        "{known} 次更新中有 {count} 次的衰减率为 {decay}，但第 {rounds} 次不是："
        "可能重启过、缺了行，或者那里是另一个参数"
    ),
    "the decay rises from {first} to {last} as a warm-up does, but as none that was tried": (
        "衰减率像预热那样从 {first} 升到 {last}，但与试过的规则都不同"
    ),
    "a debiased average": "去偏的滑动平均",
    "a warm-up": "带预热的滑动平均",
    "{what} ({rules}) within {ulps}: no rule that was tried rounds so": (
        "{what}（{rules}），相差不超过 {ulps}：试过的规则都不这样舍入"
    ),
    "decays from {low} to {high} fit, of which {short} has the fewest digits": (
        "衰减率从 {low} 到 {high} 都符合，其中 {short} 的位数最少"
    ),
    "to see it: {command}": "验证命令：{command}",
    "no --check can repeat this: the log lacks the shadow before round 1; if you know it, as VALUE: {command}": (
        "无法用 --check 重现：日志缺少第 1 次更新之前的影子值；如果知道它，以它代替 VALUE，验证命令：{command}"
    ),
    "no --check can repeat this: the rule counts by itself, so leave the column of steps out of the file": (
        "无法用 --check 重现：规则自行计数，请从文件中去掉轮数列"
    ),
    "no --check can repeat this: the rule counts step{offset}, so add {added} to the column of steps": (
        "无法用 --check 重现：规则按轮数{offset}计数，请给轮数列加上 {added}"
    ),
    "1 ulp": "1 ulp",
    "{count} ulps": "{count} ulp",
    "in {count} of {known} rounds the shadow is not between the shadow before and the param (first in round {number}):"
    " not an average of this param, or the log lacks updates": (
        "{known} 次更新中有 {count} 次，影子值不在上一次的影子值与参数之间（最早是第 {number} 次）："
        "不是这个参数的滑动平均，或者日志缺少更新"
    ),
    "no difference is more than 1 ulp: --tolerance ulp:1 allows for that": (
        "所有差异都不超过 1 ulp：可用 --tolerance ulp:1 容许"
    ),
    "no difference is more than {count} ulps: --tolerance ulp:{count} allows for that": (
        "所有差异都不超过 {count} ulp：可用 --tolerance ulp:{count} 容许"
    ),
    "the logged shadow of round 1 is the param: --initial first, or a rule that copies first, starts so": (
        "日志中第 1 次的影子值就是参数：--initial first，或者先复制参数的规则，是这样开始的"
    ),
    "the logged shadow of round 1 is the param: a rule that copies first starts so": (
        "日志中第 1 次的影子值就是参数：先复制参数的规则是这样开始的"
    ),
    "{what}: if the log lacks the updates between, no shadow can be recomputed from it: log every update": (
        "{what}：如果日志缺少其间的更新，就无法据此重算影子值；请记录每次更新"
    ),
    "the step moves by {stride} from row to row": "每行之间轮数增加 {stride}",
    "the step moves by {low} to {high} from row to row": "每行之间轮数增加 {low} 到 {high}",
    "the step skips some in {count} of {rounds} rounds, first in round {number}, from {before} to {after}": (
        "{rounds} 次更新中有 {count} 次轮数跳跃，最早是第 {number} 次，从 {before} 跳到 {after}"
    ),
    "{what}: if the average was updated at each step, the log lacks updates, and no rule can be told from it: log every"
    " update": "{what}：如果每一轮都更新过滑动平均，日志就缺少更新，无法据此断定规则；请记录每次更新",
    "the shadow moves towards the param in {count} of {known} rounds, but each time by another part of the way, as it"
    " does where the log lacks updates between its rows: log every update": (
        "{known} 次更新中，影子值有 {count} 次朝参数移动，但每次移动的比例都不同；"
        "日志各行之间缺少更新时就会这样：请记录每次更新"
    ),
    "{decay} is {root}^{count}: if {count} updates lie between one row and the next, the decay is {root}": (
        "{decay} 正是 {root}^{count}：如果相邻两行之间有 {count} 次更新，衰减率就是 {root}"
    ),
    "in {count} rounds the param is that of the row before; if it was so between the rows, too, the decay of an update"
    " is {decay}": ("有 {count} 次的参数与上一行相同；如果两行之间参数也没有变，每次更新的衰减率就是 {decay}"),
    "if the decay is constant and the param moves evenly between the rows, the decay of an update is about {decay}"
    " ({low} to {high})": ("如果衰减率恒定，且参数在两行之间均匀变化，每次更新的衰减率约为 {decay}（{low} 到 {high}）"),
    # the summary
    "summary": "小结",
    "half-life, in rounds: ln 0.5 / ln DECAY": "半衰期（次）：ln 0.5 / ln 给定衰减率",
    "time constant, in rounds: 1 / (1 - DECAY)": "时间常数（次）：1 / (1 - 给定衰减率)",
    "span, in rounds: 2 / (1 - DECAY) - 1": "跨度（次）：2 / (1 - 给定衰减率) - 1",
    "centre of mass, in rounds: DECAY / (1 - DECAY)": "质心（次）：给定衰减率 / (1 - 给定衰减率)",
    "the warm-up ends at step": "预热结束时的轮数",
    "the warm-up ended in round": "预热在第几次更新结束",
    "what is left of the initial value": "初始值的剩余影响",
    "rounds at DECAY until within 1 % of a constant param": "按给定衰减率，与恒定参数相差不到 1 % 所需的次数",
    "10 % of the initial value or less is left from round": "初始值从第几次更新起只剩 10 % 或更少",
    "1 % of the initial value or less is left from round": "初始值从第几次更新起只剩 1 % 或更少",
    "the average is worth so many params: (sum of shares)^2 / sum of share^2": (
        "平均值相当于几个参数：(份额之和)^2 / 份额平方之和"
    ),
    "mean age of the params, in rounds (the last has age 0)": "参数的平均年龄（次；最后一个为 0）",
    "stalled rounds": "停滞的次数",
    "param - shadow, at the end": "最后的 参数 - 影子值",
    "sigma_rel, the relative standard deviation of the profile": "sigma_rel，即权重分布的相对标准差",
    "exponent of the profile": "权重分布的指数",
    # what decays mean
    "weight (alpha): 1 - DECAY": "权重（alpha）：1 - 给定衰减率",
    "standard deviation of the params' ages, in rounds: sqrt(DECAY) / (1 - DECAY)": (
        "参数年龄的标准差（次）：sqrt(给定衰减率) / (1 - 给定衰减率)"
    ),
    "sigma_rel after {runs} rounds: that deviation / {runs}": "{runs} 次更新后的 sigma_rel：上述标准差 / {runs}",
    "exponent of that sigma_rel": "该 sigma_rel 对应的指数",
    "rounds after which sigma_rel is {sigma_rel} (exponent {exponent})": (
        "sigma_rel 为 {sigma_rel}（指数 {exponent}）时的更新次数"
    ),
    "what is left of the initial value after {runs} rounds": "{runs} 次更新后初始值的剩余影响",
    "rounds until {percent} % of the initial value is left": "初始值只剩 {percent} % 所需的次数",
    "worth so many params: (1 + DECAY) / (1 - DECAY)": "相当于几个参数的平均：(1 + 给定衰减率) / (1 - 给定衰减率)",
    "decay for {times} times the batch: DECAY^{times}": "批量变为 {times} 倍时的衰减率：给定衰减率^{times}",
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
    "letters": "字母",
    "s the shadow": "s 是影子值",
    "p the param": "p 是参数",
    "d the decay": "d 是衰减率",
    "w the weight": "w 是权重",
    "R rounds to the dtype": "R 舍入到数据类型",
    "O rounds to the type that is computed in": "O 舍入到计算所用的类型",
    "f32 rounds to float32": "f32 舍入到 float32",
    "fma(x, y, z) is x*y + z, rounded once": "fma(x, y, z) 是只舍入一次的 x*y + z",
    "shadow starts": "影子值的起点",
    "shown value": "显示的值",
    "default dtype": "默认类型",
    "parameter": "设置项",
    "profile": "权重分布",
    "weights (n/N)^{exponent}: sigma_rel {sigma_rel}": "权重 (n/N)^{exponent}：sigma_rel {sigma_rel}",
    "note": "注意",
    "area": "领域",
    "alias": "别名",
    "its source was read; it was not run": "读过源代码，没有运行",
    "not used": "不用",
    "the shadow itself": "就是影子值",
    "{text}; from {first} by {stride}": "{text}；从 {first} 起，每次加 {stride}",
    "copies the param": "复制参数",
    "skips": "跳过",
    "updates": "更新",
    "takes the param": "直接取参数值",
    "takes the param as the shadow, and updates": "先把参数值作为影子值，再更新",
    "{form}, where {scalars}; the decay v in {type}": "{form}，其中 {scalars}；衰减率 v 用 {type} 计算",
    "; subnormal numbers are flushed to zero": "；非规格化数当作 0",
    "; in 16 bits ": "；16 位类型时 ",
    "; in bfloat16 ": "；bfloat16 时 ",
    " else ": "；否则 ",
    "v is the weight: ": "v 是权重：",
    "at the param's value before the first update": "第一次更新之前的参数值",
    "at zero; it takes no initial value": "0；不接受初始值",
    "at the first param": "第一个参数值",
    "the decay": "衰减率",
    "the weight": "权重",
    "{text}, {value} by default": "{text}，默认 {value}",
    "{name}: {text} ({allowed}; {value} by default)": "{name}：{text}（{allowed}；默认 {value}）",
    "a number": "数",
    "a number from {least:g}": "不小于 {least:g} 的数",
    "a number from {least:g} to {most:g}": "{least:g} 到 {most:g} 的数",
    "a number above {least:g}": "大于 {least:g} 的数",
    "a number above {least:g} to {most:g}": "大于 {least:g}、不超过 {most:g} 的数",
    "a whole number from {least:g}": "不小于 {least:g} 的整数",
    "a whole number from {least:g} to {most:g}": "{least:g} 到 {most:g} 的整数",
    "no room for {columns}; --width 200 or --format csv shows all": (
        "宽度不够，未列出{columns}；用 --width 200 或 --format csv 可以看到全部"
    ),
    # pages and charts
    "The average, round by round": "逐次列出的滑动平均",
    "The key, round by round": "逐次列出的答案",
    "to fill in": "待填",
    "Every value of the chart is to be filled in.": "图中的数值都要自己填。",
    "{names} over the rounds": "{names}随次数的变化",
    "A sheet cannot do this rule's arithmetic to the digit: its cells are values.": (
        "电子表格做不到这个规则的运算，单元格里是算好的数值。"
    ),
    "A sheet cannot do each rule's arithmetic to the digit: other cells are values.": (
        "电子表格做不到每个规则的运算，没有公式的单元格里是算好的数值。"
    ),
    "share": "所占份额",
    "initial value": "初始值",
    "warm-up": "预热",
    "Reset": "还原",
    "Round {number} with its numbers:": "代入第 {number} 次的数：",
    "param of round {number}": "第 {number} 次的参数",
    "After round {number} the shadow is {shadow}.": "第 {number} 次更新后，影子值为 {shadow}。",
    "{text} does not fit here; the value before it still counts.": "{text} 不能用在这里，仍按之前的值计算。",
    "JavaScript lacks this rule's arithmetic: what moves here is computed as a textbook writes it, in float64.": (
        "JavaScript 做不了这个规则的运算：这里随之变化的数按教科书的公式用 float64 计算。"
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
    "booktabs": "booktabs,ctex",
    "a table in the largest type that has room": "表格用放得下的最大字号",
}
