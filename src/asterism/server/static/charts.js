// Draws the charts whose facts the page carries, in the colours of the theme.
(() => {
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const locale = document.documentElement.lang;
  const palette = () => ["--a-c1", "--a-c2", "--a-c3", "--a-c4", "--a-c5", "--a-c6"].map(css);

  const writer = (fact) => {
    const style = { number: {}, percent: { style: "percent", maximumFractionDigits: 1 }, money: { style: "currency", currency: fact.currency || "CNY", notation: "compact", maximumFractionDigits: 1, currencyDisplay: "narrowSymbol" } }[fact.unit] || {};
    const compact = fact.unit === "number" ? { notation: "compact", maximumFractionDigits: 1 } : {};
    const full = new Intl.NumberFormat(locale, { maximumFractionDigits: 2, ...style });
    const digits = fact.scale ? { maximumFractionDigits: undefined, maximumSignificantDigits: 4 } : {};
    const short = new Intl.NumberFormat(locale, { ...style, ...compact, ...digits });
    return { full: (v) => (v == null ? "—" : full.format(v)), short: (v) => short.format(v) };
  };

  const text = () => ({ color: css("--a-ink-3"), fontFamily: css("--tblr-font-sans-serif"), fontSize: 12 });
  const valueAxis = (write) => ({ type: "value", axisLabel: { ...text(), formatter: write.short, hideOverlap: true }, splitLine: { lineStyle: { color: css("--a-line") } }, splitNumber: 4 });
  const categoryAxis = (labels, extra = {}) => ({ type: "category", data: labels, axisLabel: { ...text(), hideOverlap: true, interval: labels.length <= 12 ? 0 : "auto", ...extra }, axisLine: { lineStyle: { color: css("--a-line-strong") } }, axisTick: { show: false } });
  const tooltip = (extra = {}) => ({ backgroundColor: css("--a-surface"), borderColor: css("--a-line"), textStyle: { ...text(), color: css("--a-ink") }, confine: true, ...extra });
  const legend = (fact) => (fact.series.length > 1 ? { top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: text() } : { show: false });
  const grid = (fact, extra = {}) => ({ left: 4, right: 14, top: fact.series.length > 1 ? 34 : 12, bottom: 2, containLabel: true, ...extra });

  const kinds = {
    bars(fact, write) {
      return {
        grid: grid(fact), legend: legend(fact), tooltip: tooltip({ trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: write.full }),
        yAxis: { ...categoryAxis(fact.labels, { width: 120, overflow: "truncate" }), inverse: true, axisLine: { show: false } }, xAxis: valueAxis(write),
        series: fact.series.map((line) => ({ type: "bar", name: line.name, data: line.values, barMaxWidth: 15, itemStyle: { borderRadius: [0, 4, 4, 0] } })),
      };
    },
    columns(fact, write) {
      return {
        grid: grid(fact), legend: legend(fact), tooltip: tooltip({ trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: write.full }),
        xAxis: categoryAxis(fact.labels), yAxis: valueAxis(write),
        series: fact.series.map((line) => ({ type: "bar", name: line.name, data: line.values, stack: fact.stacked ? "all" : undefined, barMaxWidth: 30, itemStyle: { borderRadius: fact.stacked ? 0 : [4, 4, 0, 0] } })),
      };
    },
    line(fact, write) {
      return {
        grid: grid(fact), legend: legend(fact), tooltip: tooltip({ trigger: "axis", valueFormatter: write.full }),
        xAxis: { ...categoryAxis(fact.labels, { alignMinLabel: "left", alignMaxLabel: "right" }), boundaryGap: false }, yAxis: { ...valueAxis(write), scale: Boolean(fact.scale) },
        series: fact.series.map((line, index) => ({ type: "line", name: line.name, data: line.values, showSymbol: false, lineStyle: { width: 2 }, areaStyle: fact.series.length === 1 || fact.stacked ? { opacity: fact.stacked ? 0.75 : 0.1 } : undefined, stack: fact.stacked ? "all" : undefined, color: palette()[index % 6] })),
      };
    },
    band(fact, write) {
      const [point, low, high] = fact.series;
      const ink = palette()[0];
      const none = { type: "line", showSymbol: false, silent: true, lineStyle: { opacity: 0 }, stack: "band", stackStrategy: "all" };
      return {
        grid: grid(fact, { top: 12 }), legend: { show: false },
        tooltip: tooltip({ trigger: "axis", formatter: (items) => { const i = items[0].dataIndex; const box = document.createElement("div"); box.textContent = `${fact.labels[i]}: ${write.full(point.values[i])} [${write.full(low.values[i])}, ${write.full(high.values[i])}]`; return box; } }),
        xAxis: { ...categoryAxis(fact.labels, { alignMinLabel: "left", alignMaxLabel: "right" }), boundaryGap: false }, yAxis: valueAxis(write),
        series: [
          { ...none, data: low.values },
          { ...none, data: high.values.map((v, i) => v - low.values[i]), areaStyle: { color: ink, opacity: 0.15 } },
          { type: "line", name: point.name, data: point.values, showSymbol: false, lineStyle: { width: 2.5, color: ink }, markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: css("--a-ink-3"), type: "dashed" }, data: [{ yAxis: 0 }] } },
        ],
      };
    },
    ring(fact, write) {
      return {
        tooltip: tooltip({ trigger: "item", valueFormatter: write.full }),
        legend: { orient: "vertical", right: 0, top: "middle", icon: "circle", itemWidth: 9, textStyle: text() },
        series: [{ type: "pie", radius: ["52%", "78%"], center: ["32%", "50%"], label: { show: false }, itemStyle: { borderColor: css("--a-surface"), borderWidth: 2 }, data: fact.labels.map((name, index) => ({ name, value: fact.series[0].values[index] })) }],
      };
    },
    forest(fact, write) {
      const rows = fact.series[0].values;
      const ink = (row) => (row.low > 0 ? css("--a-good") : row.high < 0 ? css("--a-bad") : css("--a-ink-3"));
      const draw = (params, api) => {
        const row = rows[params.dataIndex];
        const [left, y] = api.coord([row.low, params.dataIndex]);
        const [right] = api.coord([row.high, params.dataIndex]);
        const [middle] = api.coord([row.point, params.dataIndex]);
        const style = { stroke: ink(row), lineWidth: 2 };
        return { type: "group", children: [
          { type: "line", shape: { x1: left, y1: y, x2: right, y2: y }, style },
          { type: "line", shape: { x1: left, y1: y - 4, x2: left, y2: y + 4 }, style },
          { type: "line", shape: { x1: right, y1: y - 4, x2: right, y2: y + 4 }, style },
          { type: "circle", shape: { cx: middle, cy: y, r: 5 }, style: { fill: ink(row), stroke: css("--a-surface"), lineWidth: 1.5 } },
        ] };
      };
      return {
        grid: grid(fact, { top: 6, right: 24 }),
        tooltip: tooltip({ trigger: "item", formatter: (p) => { const box = document.createElement("div"); box.textContent = rows[p.dataIndex].words; return box; } }),
        xAxis: valueAxis(write),
        yAxis: { ...categoryAxis(fact.labels, { width: innerWidth < 640 ? 110 : 200, overflow: "truncate", hideOverlap: false, interval: 0, color: css("--a-ink-2") }), inverse: true, axisLine: { show: false } },
        series: [
          { type: "custom", renderItem: draw, encode: { x: [0, 1, 2], y: 3 }, data: rows.map((row, index) => [row.low, row.point, row.high, index]), markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: css("--a-ink-3"), type: "dashed" }, data: [{ xAxis: 0 }] } },
        ],
      };
    },
  };

  const drawn = new Map();
  const draw = (box) => {
    const fact = JSON.parse(box.dataset.chart);
    drawn.get(box)?.dispose();
    const chart = echarts.init(box, null, { renderer: "svg" });
    chart.setOption({ color: palette(), animationDuration: 350, textStyle: { fontFamily: css("--tblr-font-sans-serif") }, ...kinds[fact.kind](fact, writer(fact)) });
    drawn.set(box, chart);
  };
  const all = () => {
    for (const box of drawn.keys()) if (!box.isConnected) { drawn.get(box).dispose(); drawn.delete(box); }
    for (const box of document.querySelectorAll("[data-chart]")) if (!drawn.has(box)) { draw(box); watch.observe(box); }
  };
  const watch = new ResizeObserver((entries) => { for (const entry of entries) drawn.get(entry.target)?.resize(); });
  window.asterismCharts = all;
  document.addEventListener("themechange", () => { for (const box of [...drawn.keys()]) draw(box); });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all); else all();
})();
