// The click builder: draws an audience's tree as rows and groups, and gives the tree back.
(() => {
  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children);
    return node;
  };
  const NONE = new Set(["is set", "is not set", "is null", "is not null", "is true", "is not true", "is false", "is not false"]);
  const OPERATORS = {
    flag: ["is set", "is not set", "is null", "is not null"],
    text: ["=", "<>", "in", "not in", "like", "not like", "is null", "is not null"],
    number: [">=", "<=", ">", "<", "=", "<>", "between", "not between", "is null", "is not null"],
  };

  class Builder {
    constructor(box, vocabulary, words, changed) {
      Object.assign(this, { box, words, changed, segments: vocabulary.segments });
      this.tags = new Map(vocabulary.tags.map((tag) => [tag.name, tag]));
      this.byCategory = Map.groupBy ? Map.groupBy(vocabulary.tags, (tag) => tag.category) : this.group(vocabulary.tags);
      this.tree = { kind: "group", join: "and", negated: false, items: [] };
    }
    group(tags) {
      const groups = new Map();
      for (const tag of tags) groups.set(tag.category, [...(groups.get(tag.category) || []), tag]);
      return groups;
    }
    show(tree) {
      this.tree = tree || { kind: "group", join: "and", negated: false, items: [] };
      this.draw();
    }
    draw() { this.box.replaceChildren(this.groupNode(this.tree, null)); }
    tell() { this.changed(this.tree); }
    redraw() { this.draw(); this.tell(); }

    groupNode(group, parent) {
      const join = make("select", { class: "field", "aria-label": this.words.join, onchange: (e) => { group.join = e.target.value; this.redraw(); } },
        ...["and", "or"].map((value) => make("option", { value, selected: group.join === value }, value === "and" ? this.words.all : this.words.any)));
      const not = make("button", { type: "button", class: "chip", "aria-pressed": String(group.negated), onclick: () => { group.negated = !group.negated; this.redraw(); } }, this.words.not);
      const head = make("div", { class: "row-line mb-2" }, join, not,
        make("button", { type: "button", class: "btn-s bare", onclick: () => this.add(group, this.newRow()) }, `+ ${this.words.add}`),
        make("button", { type: "button", class: "btn-s bare", onclick: () => this.add(group, { kind: "segment", name: this.segments[0]?.[0] || "", negated: false }) }, `+ ${this.words.segment}`),
        make("button", { type: "button", class: "btn-s bare", onclick: () => this.add(group, { kind: "group", join: group.join === "and" ? "or" : "and", negated: false, items: [this.newRow()] }) }, `+ ${this.words.group}`),
        ...(parent ? [this.removeButton(parent, group)] : []));
      const body = group.items.map((item) => this.node(item, group));
      if (!body.length) body.push(make("p", { class: "faint mb-0" }, this.words.everyone));
      return make("div", { class: `rules-group ${group.join === "or" ? "any" : ""}` }, head, ...body);
    }
    node(item, parent) {
      if (item.kind === "group") return this.groupNode(item, parent);
      if (item.kind === "segment") return this.segmentNode(item, parent);
      if (item.kind === "text") return this.textNode(item, parent);
      return this.rowNode(item, parent);
    }
    add(group, item) { group.items.push(item); this.redraw(); }
    newRow() { return { kind: "row", tag: "aum", operator: ">=", value: { number: "100000" } }; }
    removeButton(parent, item) {
      return make("button", { type: "button", class: "btn-s bare", "aria-label": this.words.remove, title: this.words.remove, onclick: () => { parent.items.splice(parent.items.indexOf(item), 1); this.redraw(); } }, "×");
    }
    tagSelect(item) {
      const groups = [...this.byCategory].map(([category, tags]) => make("optgroup", { label: category }, ...tags.map((tag) => make("option", { value: tag.name, selected: tag.name === item.tag }, tag.title))));
      return make("select", { class: "field", "aria-label": this.words.tag, onchange: (e) => this.retag(item, e.target.value) }, ...groups);
    }
    family(item) {
      const type = this.tags.get(item.tag)?.type;
      return type === "flag" || type === "text" ? type : "number";
    }
    kind(item) {
      const type = this.tags.get(item.tag)?.type;
      return type === "text" ? "text" : type === "date" ? "date" : "number";
    }
    retag(item, name) {
      const before = this.kind(item) + this.family(item);
      item.tag = name;
      if (before !== this.kind(item) + this.family(item) || !OPERATORS[this.family(item)].includes(item.operator)) {
        item.operator = OPERATORS[this.family(item)][0];
        delete item.value;
      }
      if (this.tags.get(name)?.values.length) delete item.value;
      this.fillValue(item);
      this.redraw();
    }
    blank(item) {
      const kind = this.kind(item);
      const listed = this.tags.get(item.tag)?.values[0]?.[0];
      return { [kind]: kind === "number" ? "0" : kind === "date" ? new Date().toISOString().slice(0, 10) : listed || "" };
    }
    fillValue(item) {
      if (NONE.has(item.operator)) { delete item.value; return; }
      const one = item.value?.list?.[0] || item.value?.range?.[0] || (item.value && !item.value.list && !item.value.range ? item.value : null) || this.blank(item);
      if (item.operator.endsWith("between")) item.value = item.value?.range ? item.value : { range: [one, one] };
      else if (item.operator === "in" || item.operator === "not in") item.value = item.value?.list ? item.value : { list: [one] };
      else if (item.operator.endsWith("like")) item.value = { text: one.text ?? "" };
      else item.value = one;
    }
    rowNode(item, parent) {
      const operators = [...new Set([...OPERATORS[this.family(item)], item.operator])];
      const operator = make("select", { class: "field", "aria-label": this.words.operator, onchange: (e) => { item.operator = e.target.value; this.fillValue(item); this.redraw(); } },
        ...operators.map((value) => make("option", { value, selected: value === item.operator }, this.words.ops[value] || value)));
      return make("div", { class: "rule" }, this.tagSelect(item), operator, this.valueNode(item), this.removeButton(parent, item));
    }
    valueNode(item) {
      if (NONE.has(item.operator)) return make("span");
      if (item.value?.range) return make("span", { class: "row-line" }, ...item.value.range.map((_, i) => this.input(item, item.value.range, i)));
      if (item.value?.list) return this.listNode(item);
      return this.input(item, item, "value");
    }
    input(item, holder, key) {
      const [kind, value] = Object.entries(holder[key] || this.blank(item))[0];
      const listed = this.tags.get(item.tag)?.values || [];
      const set = (e) => { holder[key] = { [kind]: e.target.value }; this.tell(); };
      if (kind === "tag") return make("input", { class: "field mono", value, readonly: true });
      if (kind === "text" && listed.length && !item.operator.endsWith("like")) {
        return make("select", { class: "field", "aria-label": this.words.value, onchange: set }, ...listed.map(([code, title]) => make("option", { value: code, selected: code === value }, title)));
      }
      return make("input", { class: "field num", "aria-label": this.words.value, value, type: kind === "date" ? "date" : "text", inputmode: kind === "number" ? "decimal" : null, oninput: set });
    }
    listNode(item) {
      const listed = this.tags.get(item.tag)?.values || [];
      const kind = this.kind(item);
      const has = new Set(item.value.list.map((one) => String(Object.values(one)[0])));
      if (!listed.length) {
        return make("input", { class: "field", "aria-label": this.words.value, value: [...has].join(", "), oninput: (e) => { item.value.list = e.target.value.split(/[,，]/).map((part) => ({ [kind]: part.trim() })).filter((one) => one[kind]); this.tell(); } });
      }
      const flip = (code) => {
        if (has.has(code)) has.delete(code); else has.add(code);
        item.value.list = listed.filter(([one]) => has.has(one)).map(([one]) => ({ [kind]: one }));
        this.redraw();
      };
      return make("span", { class: "chips" }, ...listed.map(([code, title]) => make("button", { type: "button", class: "chip", "aria-pressed": String(has.has(code)), onclick: () => flip(code) }, title)));
    }
    segmentNode(item, parent) {
      const not = make("select", { class: "field", "aria-label": this.words.operator, onchange: (e) => { item.negated = e.target.value === "1"; this.tell(); } },
        make("option", { value: "0", selected: !item.negated }, this.words.ops.in), make("option", { value: "1", selected: item.negated }, this.words.ops["not in"]));
      const pick = make("select", { class: "field", "aria-label": this.words.segment, onchange: (e) => { item.name = e.target.value; this.tell(); } },
        ...this.segments.map(([name, title]) => make("option", { value: name, selected: name === item.name }, title)));
      return make("div", { class: "rule" }, make("span", { class: "badge-s blue" }, this.words.segment), not, pick, this.removeButton(parent, item));
    }
    textNode(item, parent) {
      return make("div", { class: "row-line mb-2" }, make("span", { class: "faint small" }, this.words.cannot), make("code", { class: "mono stretch wrap-any" }, item.text), this.removeButton(parent, item));
    }
  }
  window.asterismBuilder = Builder;
})();
