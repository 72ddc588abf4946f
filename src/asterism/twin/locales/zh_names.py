"""Chinese family and given names, by frequency and generation.

Shares of family names follow the national household register's published ranking; given names
are the kind that each generation got.
"""

from asterism.twin.locales.pack import Generation, ranked, words

SURNAMES = ranked(
    "王7.9 李7.7 张7.1 刘5.4 陈4.8 杨3.2 黄2.5 赵2.4 吴2.2 周2.1 徐1.7 孙1.6 马1.4 朱1.3 胡1.2 "
    "郭1.2 何1.1 林1.1 罗1.0 高1.0 郑0.9 梁0.9 谢0.8 宋0.7 唐0.7 许0.7 韩0.6 邓0.6 冯0.6 曹0.6 "
    "彭0.6 曾0.6 肖0.6 田0.5 董0.5 潘0.5 袁0.5 蔡0.5 蒋0.5 余0.5 于0.5 杜0.5 叶0.5 程0.5 魏0.4 "
    "苏0.4 吕0.4 丁0.4 任0.4 卢0.4 姚0.4 沈0.4 钟0.4 姜0.4 崔0.4 谭0.4 陆0.4 范0.3 汪0.3 廖0.3 "
    "石0.3 金0.3 韦0.3 贾0.3 夏0.3 付0.3 方0.3 邹0.3 熊0.3 白0.3 孟0.3 秦0.3 邱0.3 侯0.3 江0.3 "
    "尹0.2 薛0.2 闫0.2 段0.2 雷0.2 龙0.2 黎0.2 史0.2 陶0.2 贺0.2 毛0.2 郝0.2 顾0.2 龚0.2 邵0.2 "
    "万0.2 覃0.2 武0.2 钱0.2 戴0.2 严0.2 莫0.2 孔0.2 向0.2 常0.2 汤0.2 康0.1 易0.1 乔0.1 欧阳0.1"
)


def _names(whole: str, first: str, second: str) -> tuple[str, ...]:
    """Return whole names, three times for their popularity, and pairs of characters."""
    pairs = tuple(a + b for a in first for b in second if a != b)
    return words(whole) * 3 + pairs


GENERATIONS = (
    Generation(
        1959,
        _names(
            "秀英 桂英 玉兰 秀兰 桂兰 淑珍 凤英 玉珍 秀珍 淑英",
            "秀桂玉淑凤素兰",
            "英兰珍芳芝华荣琴贞云",
        ),
        _names(
            "建国 国强 志强 德明 玉山 福生 文斌 永福 德胜 振华",
            "国德永志福文振世",
            "明生山福林成华祥才义",
        ),
    ),
    Generation(
        1974,
        _names(
            "秀丽 丽华 桂芳 建华 红梅 春梅 玉梅 丽萍 爱华 艳红",
            "丽春爱建晓玉美雪",
            "华萍梅芳玲红英琴霞娟",
        ),
        _names(
            "建军 建华 卫东 志刚 建平 永军 国庆 海涛 立新 文革",
            "建志卫永国海立晓",
            "军华平刚东明林斌民峰",
        ),
    ),
    Generation(
        1989,
        _names("静 丽 敏 艳 娟 燕 婷婷 丽娜 晓燕 海燕", "晓丽海雪玉文美慧", "燕娜敏静萍玲霞丹莉娟"),
        _names("伟 强 磊 军 勇 涛 超 鹏 志伟 俊杰", "志晓海文建俊永国", "伟强鹏涛峰辉斌杰勇军"),
    ),
    Generation(
        1999,
        _names(
            "婷 雪 颖 佳 倩 梦婷 雨薇 思雨 佳怡 雅婷", "雅佳梦思雨晓诗嘉", "婷琪怡雯颖倩欣洁薇慧"
        ),
        _names(
            "浩 宇 鑫 杰 凯 俊杰 子豪 宇航 志豪 嘉伟", "俊子宇嘉浩志天家", "杰豪伟航宇轩鑫鹏辉铭"
        ),
    ),
    Generation(
        9999,
        _names(
            "欣怡 梓涵 诗涵 雨桐 可馨 思琪 紫萱 语彤 子涵 一诺",
            "欣梓诗雨可思语若",
            "怡涵桐馨琪萱彤妍菲宁",
        ),
        _names(
            "浩宇 子轩 宇轩 浩然 梓豪 博文 俊熙 天佑 铭轩 一鸣",
            "浩子宇梓博俊天铭",
            "轩宇然豪文熙辰泽睿阳",
        ),
    ),
)
