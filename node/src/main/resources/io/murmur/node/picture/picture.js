// Draws what the node tells by server-sent events (/events): "ring" once for each ring, "state" each second, whole at first and then what is new.
// Names, zones, keys and errors come from elsewhere: they become text nodes and attributes that hold text, and never markup.

const HISTORY_MILLIS = 120_000;
const SILENCE_MILLIS = 5_000;
const LOG_LINES = 12;
const RECENT_KEYS = 6;
const LABELLED_NODES = 20;
const TAU = 2 * Math.PI;
const SVG = "http://www.w3.org/2000/svg";

const $ = id => document.getElementById(id);

// ---- making and changing elements

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else set(node, name, value);
  }
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
}

const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

/** Touches the page only where something is new. */
function set(node, name, value) {
  if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value === true ? "" : value);
}

function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Replaces the children, unless they are the same. */
function show(node, ...children) {
  const next = node.cloneNode(false);
  next.append(...children.filter(child => child !== null && child !== undefined));
  if (!node.isEqualNode(next)) node.replaceChildren(...next.childNodes);
}

// ---- words and numbers

const number = new Intl.NumberFormat("en", {maximumFractionDigits: 0});
const short = new Intl.NumberFormat("en", {maximumSignificantDigits: 3, notation: "compact"});
const count = value => value < 10_000 ? number.format(value) : short.format(value);
const plural = (many, one, several = one + "s") => `${number.format(many)} ${many === 1 ? one : several}`;
const range = (first, last) => first === last ? `${first}` : `${first}–${last}`;
const clockTime = millis => new Date(millis).toLocaleTimeString("en-GB");
const percent = share => `${(share * 100).toFixed(1)} %`;

function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

function duration(seconds) {
  if (seconds <= 0) return "–";
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(0)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toPrecision(3)} ms`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  return `${number.format(Math.round(seconds / 60))} min`;
}

const cut = (text, most) => [...text].length <= most ? text : [...text].slice(0, most - 1).join("") + "…";

// ---- what is known

const model = {
  link: "opening",
  heardAt: 0, // of the page's clock: when the last event came
  head: null, // of the last state
  nodes: new Map(), // by id, as /cluster has them
  order: [], // ids, by zone and name
  zones: [], // names
  looks: new Map(), // by id: zone and shade as numbers
  ring: null,
  samples: new Map(), // by id: [{at, requests, p99, stored}]
  selection: null, // {kind: "node", id} | {kind: "arc", index} | {kind: "key", cache, key, page?, error?}
  hover: -1, // the arc pointed at
  focus: 0, // the arc that the keyboard is at
  roving: null, // id of the node in the tab order
  keys: [],
};

/** What a node is, in one word, a sign that tells the same, and how bad it is. */
function condition(node) {
  switch (node.state) {
    case "suspect": return {word: "suspect", sign: "suspect", tone: "warn"};
    case "unreachable": return {word: "unreachable", sign: "unreachable", tone: "bad"};
    case "dead": return {word: "dead", sign: "dead", tone: "bad"};
    case "stopped": return {word: "stopped", sign: "stopped", tone: "bad"};
    case "left": return {word: "left", sign: "stopped", tone: ""};
    case "unheard of": return {word: "unheard of", sign: "unheard", tone: "warn"};
    default:
      if (node.role === "joining") return {word: "joining", sign: "joining", tone: "accent"};
      if (node.role === "leaving") return {word: "leaving", sign: "leaving", tone: "accent"};
      return {word: node.role === "none" ? "alive, no member" : "alive", sign: "alive", tone: ""};
  }
}

const counts = node => node !== undefined && (node.state === "alive" || node.state === "suspect");
const nameOf = id => model.nodes.get(id)?.name ?? model.ring?.members.find(member => member.id === id)?.name ?? id;
const lookClass = id => {
  const look = model.looks.get(id);
  return look === undefined ? "z0 s0" : `z${look.zone % 6} s${look.shade % 4}`;
};

/** Zones and nodes keep their colours as long as the same ones are there. */
function arrange() {
  const known = [...model.nodes.values()];
  const zoneOf = node => node.region ? `${node.region} / ${node.zone}` : node.zone;
  const hasRegions = new Set(known.map(node => node.region)).size > 1;
  const label = node => hasRegions ? zoneOf(node) : node.zone;
  model.zones = [...new Set(known.map(label))].sort();
  known.sort((one, other) => label(one).localeCompare(label(other)) || one.name.localeCompare(other.name, "en", {numeric: true}));
  model.order = known.map(node => node.id);
  const inZone = new Map();
  model.looks = new Map(known.map(node => {
    const zone = model.zones.indexOf(label(node));
    const shade = inZone.get(zone) ?? 0;
    inZone.set(zone, shade + 1);
    return [node.id, {zone, shade, label: label(node)}];
  }));
}

// ---- signs of nodes: a shape for each condition, so that colour is not needed to tell them apart

const SIGNS = {
  alive: {shape: "M0-8a8 8 0 1 0 .01 0z", sign: "M-3.4.4-1 2.8 3.6-2.2"},
  suspect: {shape: "M0-9 9.5 7.5h-19z", sign: "M0-3.2V2.2M0 5v.1", odd: true},
  unreachable: {shape: "M0-9 9.5 7.5h-19z", sign: "M0-3.2V2.2M0 5v.1", hollow: true, dotted: true},
  dead: {shape: "M-8-8h16v16h-16z", sign: "M-4-4 4 4M4-4-4 4", hollow: true},
  stopped: {shape: "M-8-8h16v16h-16z", sign: "M-4 0h8", hollow: true},
  unheard: {shape: "M0-8a8 8 0 1 0 .01 0z", sign: "M-2.2-2.4a2.4 2.4 0 1 1 2.6 2.9V2M.4 4.6v.1", hollow: true, dotted: true},
  joining: {shape: "M0-10 10 0 0 10-10 0z", sign: "M0-4v8M-4 0h8", odd: true},
  leaving: {shape: "M0-10 10 0 0 10-10 0z", sign: "M-4 0h8", odd: true},
};

const signClasses = kind => `${SIGNS[kind].hollow ? " hollow" : ""}${SIGNS[kind].dotted ? " dotted" : ""}${SIGNS[kind].odd ? " odd" : ""}`;

function mini(id) {
  const node = model.nodes.get(id);
  const kind = node === undefined ? "unheard" : condition(node).sign;
  return svg("svg", {class: "mini", viewBox: "-11 -11 22 22", "aria-hidden": "true"},
    svg("g", {class: `glyph ${lookClass(id)}${signClasses(kind)}`},
      svg("path", {class: "shape", d: SIGNS[kind].shape}), svg("path", {class: "sign", d: SIGNS[kind].sign})));
}

// ---- the ring

const TEXTURES = 6;
const stage = $("stage");
let drawn = null; // what of the drawing is touched later

/** Textures of zones, told in addition to hues. */
function texture(index) {
  const shapes = [
    [],
    [svg("circle", {cx: 3, cy: 3, r: 1.3})],
    [svg("path", {d: "M-1 7 7-1", class: "stroke"})],
    [svg("path", {d: "M0 3H6", class: "stroke"})],
    [svg("path", {d: "M3 0V6M0 3H6", class: "stroke"})],
    [svg("path", {d: "M-1-1 7 7", class: "stroke"})],
  ][index];
  for (const shape of shapes) {
    const isStroke = shape.getAttribute("class") === "stroke";
    shape.style.stroke = isStroke ? "var(--texture)" : "none";
    shape.style.fill = isStroke ? "none" : "var(--texture)";
    shape.style.strokeWidth = "1.4";
  }
  return svg("pattern", {id: `texture-${index}`, width: 6, height: 6, patternUnits: "userSpaceOnUse"}, ...shapes);
}

const at = (size, radius, turn) => {
  const angle = turn * TAU - TAU / 4;
  return [size / 2 + radius * Math.cos(angle), size / 2 + radius * Math.sin(angle)];
};
const point = ([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** A piece of a ring between two radii and two turns (1 is all around). */
function piece(size, inner, outer, from, to) {
  const isLarge = to - from > .5 ? 1 : 0;
  if (to - from > .999) {
    return piece(size, inner, outer, from, from + .5) + piece(size, inner, outer, from + .5, from + .9985);
  }
  return `M${point(at(size, outer, from))}A${outer.toFixed(1)} ${outer.toFixed(1)} 0 ${isLarge} 1 ${point(at(size, outer, to))}`
    + `L${point(at(size, inner, to))}A${inner.toFixed(1)} ${inner.toFixed(1)} 0 ${isLarge} 0 ${point(at(size, inner, from))}Z`;
}

/** How the ring is divided for the eye: into arcs of as many partitions as leave each wide enough to be seen and hit. */
function geometry() {
  const size = Math.max(260, Math.round(stage.clientWidth));
  const partitions = model.ring.partitions;
  const arcs = Math.min(partitions, size < 480 ? 64 : 128);
  const isSmall = size < 480;
  const outer = size / 2 - (isSmall ? 17 : 20);
  const inner = outer - (isSmall ? Math.max(30, size * .1) : size * .125);
  return {size, isSmall, arcs, perArc: partitions / arcs, outer, inner, health: inner - 7, nodes: (inner - 14) * (isSmall ? .77 : .74)};
}

/** Owners of the partitions of an arc: [member, of how many], in order of preference for one partition, else by zone. */
function ownersOf(arc, perArc) {
  const ring = model.ring;
  if (perArc === 1) return ring.owners[arc].map(member => [member, 1]);
  const many = new Map();
  for (let partition = arc * perArc; partition < (arc + 1) * perArc; partition++) {
    for (const member of ring.owners[partition]) many.set(member, (many.get(member) ?? 0) + 1);
  }
  return [...many].sort(([one], [other]) => placeOf(one) - placeOf(other));
}

/** Whether a partition of an arc is to have other owners. */
function isMoving(arc, perArc) {
  for (let partition = arc * perArc; partition < (arc + 1) * perArc; partition++) {
    if (model.ring.nextOwners[partition] !== undefined) return true;
  }
  return false;
}

const placeOf = member => model.order.indexOf(model.ring.members[member].id);

/** Of an arc the partition with fewest owners alive: how many, of how many. */
function leastAlive(arc, perArc) {
  let least = [Infinity, 1];
  for (let partition = arc * perArc; partition < (arc + 1) * perArc; partition++) {
    const owners = model.ring.owners[partition];
    const alive = owners.filter(member => counts(model.nodes.get(model.ring.members[member].id))).length;
    if (alive / owners.length < least[0] / least[1]) least = [alive, owners.length];
  }
  return least;
}

/** Draws everything anew: when the ring, the size or the set of nodes is another. */
function drawRing() {
  if (model.ring === null || model.order.length === 0) return;
  const geo = geometry();
  const {size, arcs, perArc, outer, inner} = geo;
  const gap = arcs > 1 ? .55 / (TAU * outer) : 0;
  const own = model.ring.members.map(() => "");
  const textures = model.zones.map(() => "");
  let moving = "";
  for (let arc = 0; arc < arcs; arc++) {
    const from = arc / arcs + gap, to = (arc + 1) / arcs - gap;
    const owners = ownersOf(arc, perArc);
    const all = owners.reduce((sum, [, many]) => sum + many, 0);
    let edge = outer;
    for (const [member, many] of owners) {
      const next = edge - (outer - inner) * many / all;
      const shape = piece(size, next, edge, from, to);
      own[member] += shape;
      const look = model.looks.get(model.ring.members[member].id);
      if (look !== undefined) textures[look.zone] += shape;
      edge = next;
    }
    if (isMoving(arc, perArc)) moving += piece(size, outer + 4, outer + 8, from, to);
  }
  const isFocused = document.activeElement?.id === "ring";
  const layer = (name, ...children) => svg("g", {class: name}, ...children);
  const owned = model.ring.members.map((member, index) =>
    svg("path", {class: `own ${lookClass(member.id)}`, d: own[index], "data-owner": member.id}));
  const health = {
    full: svg("path", {class: "health"}), some: svg("path", {class: "health some"}), few: svg("path", {class: "health few"}),
  };
  const glyphs = new Map();
  const places = placesOfNodes(geo);
  const isCrowded = model.order.length > LABELLED_NODES || (geo.isSmall && model.order.length > 9);
  for (const id of model.order) {
    const [x, y] = places.get(id);
    const shape = svg("path", {class: "shape"}), sign = svg("path", {class: "sign"});
    const label = svg("text", {y: 25}), badge = svg("text", {class: "badge", y: 38});
    const group = svg("g", {"data-node": id, transform: `translate(${point([x, y])})${isCrowded ? " scale(.62)" : ""}`},
      svg("circle", {class: "halo", r: 14}), shape, sign, ...(isCrowded ? [] : [label, badge]));
    glyphs.set(id, {group, shape, sign, label, badge});
  }
  const epoch = svg("text", {class: "epoch", x: size / 2, y: size / 2 + 1});
  const below = svg("text", {class: "faint", x: size / 2, y: size / 2 + 19});
  const marks = layer("marks"), lens = svg("path", {class: "lens"});
  const root = svg("svg", {
    id: "ring", viewBox: `0 0 ${size} ${size}`, role: "slider", tabindex: "0", "aria-label": "Arcs of the ring", "aria-orientation": "horizontal",
    "aria-valuemin": 0, "aria-valuemax": arcs - 1,
    keydown: walkRing, pointermove: pointAt, pointerleave: () => hover(-1), click: choose, focus: drawMarks, blur: drawMarks,
  },
  svg("defs", {}, ...Array.from({length: TEXTURES}, (ignored, index) => texture(index))),
  layer("owned", ...owned),
  layer("texture", ...textures.map((d, zone) => svg("path", {d, fill: `url(#texture-${zone % TEXTURES})`}))),
  svg("path", {class: "moving", d: moving}),
  layer("alive", health.full, health.some, health.few),
  marks, layer("glyphs", ...[...glyphs.values()].map(glyph => glyph.group)), lens, epoch, below);
  drawn = {geo, root, owned, health, glyphs, places, marks, lens, epoch, below};
  stage.replaceChildren(root);
  model.focus = Math.min(model.focus, arcs - 1);
  if (isFocused) root.focus();
  drawConditions();
  drawMarks();
}

/** Nodes stand within the ring, those of a zone side by side. */
function placesOfNodes({size, nodes: radius}) {
  const places = new Map();
  const gaps = model.zones.length > 1 && model.order.length > 4 ? .45 : 0;
  const all = model.order.length + gaps * model.zones.length;
  let turn = 0, zone = -1;
  for (const id of model.order) {
    const of = model.looks.get(id).zone;
    if (zone !== of) turn += gaps;
    zone = of;
    const [x, y] = model.order.length === 1 ? [size / 2, size / 2 + radius * .6] : at(size, radius, (turn + .5 - gaps / 2) / all);
    places.set(id, [x, y - 8]);
    turn++;
  }
  return places;
}

/** What changes while the ring stays: who is alive, who joins. */
function drawConditions() {
  if (drawn === null) return;
  const {geo, owned, health, glyphs} = drawn;
  model.ring.members.forEach((member, index) => {
    const isAway = !counts(model.nodes.get(member.id));
    set(owned[index], "class", `own ${lookClass(member.id)}${isAway ? " away" : ""}${isChosen(member.id) ? " on" : ""}`);
  });
  // Who owns nothing yet leaves the others as they are.
  set(drawn.root, "class", drawn.root.querySelector(".own.on:not([d=''])") ? "dimmed" : null);
  const paths = {full: "", some: "", few: ""};
  for (let arc = 0; arc < geo.arcs; arc++) {
    const [alive, all] = leastAlive(arc, geo.perArc);
    const key = alive === all ? "full" : alive > all / 2 ? "some" : "few";
    const deep = key === "full" ? 2 : key === "some" ? 4 : 6;
    paths[key] += piece(geo.size, geo.health - deep, geo.health, arc / geo.arcs, (arc + 1) / geo.arcs);
  }
  for (const [key, path] of Object.entries(health)) set(path, "d", paths[key]);
  for (const [id, glyph] of glyphs) {
    const node = model.nodes.get(id);
    const {word, sign} = node === undefined ? {word: "", sign: "unheard"} : condition(node);
    set(glyph.group, "class", `glyph ${lookClass(id)}${signClasses(sign)}${isChosen(id) ? " on" : ""}`);
    set(glyph.shape, "d", SIGNS[sign].shape);
    set(glyph.sign, "d", SIGNS[sign].sign);
    say(glyph.label, cut(nameOf(id), 11));
    say(glyph.badge, word === "alive" ? "" : word);
  }
  say(drawn.epoch, `${model.ring.epoch}`);
  say(drawn.below, model.head?.change ? "changing" : "epoch");
}

const isChosen = id => model.selection?.kind === "node" && model.selection.id === id;

/** The arc that is pointed at or focused, the key, and the way to their owners. */
function drawMarks() {
  if (drawn === null) return;
  const {geo, marks, lens, root, places} = drawn;
  const {size, arcs, perArc, outer, inner} = geo;
  const isFocused = document.activeElement === root;
  const chosen = model.selection?.kind === "arc" ? model.selection.index : -1;
  const arc = model.hover >= 0 ? model.hover : isFocused ? model.focus : chosen;
  set(lens, "d", arc < 0 ? "" : piece(size, inner - 1, outer + 1, arc / arcs, (arc + 1) / arcs));
  set(lens, "class", model.hover >= 0 ? "lens" : "lens still");
  const chords = [], spots = [];
  const chord = (turn, id, kind) => {
    const place = places.get(id);
    if (place === undefined) return;
    const bend = at(size, geo.nodes * .95, turn);
    chords.push(svg("path", {class: `chord ${kind}`, d: `M${point(at(size, inner - 2, turn))}Q${point(bend)} ${point(place)}`}));
  };
  const key = model.selection?.kind === "key" ? model.selection.page : undefined;
  if (key !== undefined && model.hover < 0) {
    const turn = (key.slot + .5) / (model.ring.partitions * model.ring.slotsPerPartition);
    key.copies.forEach((copy, place) => chord(turn, copy.id, copy.role !== "owner" ? "next" : place === 0 ? "first" : ""));
    const [tip, left, right] = [at(size, outer + 1, turn), at(size, outer + 16, turn - 7 / (TAU * outer)), at(size, outer + 16, turn + 7 / (TAU * outer))];
    spots.push(svg("path", {class: "spot", d: `M${point(tip)}L${point(left)}L${point(right)}Z`}),
      svg("path", {class: "chord first", d: `M${point(at(size, outer, turn))}L${point(at(size, inner, turn))}`}));
  } else if (arc >= 0) {
    const turn = (arc + .5) / arcs;
    ownersOf(arc, perArc).forEach(([member], place) => chord(turn, model.ring.members[member].id, perArc === 1 && place === 0 ? "first" : ""));
  }
  marks.replaceChildren(...chords, ...spots);
  const told = arcText(model.focus);
  set(root, "aria-valuenow", model.focus);
  set(root, "aria-valuetext", told.join(" "));
  if (arc >= 0) {
    const [head, rest] = arcText(arc);
    show($("readout"), el("b", {}, head), ` ${rest}`);
  } else {
    show($("readout"), `${plural(model.ring.partitions, "partition")}, each on ${plural(model.ring.replicas, "owner")}${new Set(model.ring.members.map(member => member.region)).size > 1 ? " in each region" : ""}. `
      + "Point at an arc, or walk along the ring with the arrow keys.");
  }
}

/** Which partitions an arc has, and who owns them. */
function arcText(arc) {
  const {perArc} = drawn.geo;
  const first = arc * perArc, last = first + perArc - 1;
  const slots = model.ring.slotsPerPartition;
  const owners = ownersOf(arc, perArc).map(([member, many]) => {
    const id = model.ring.members[member].id;
    const node = model.nodes.get(id);
    return nameOf(id) + (counts(node) ? "" : ` (${node === undefined ? "unheard of" : condition(node).word})`) + (perArc === 1 ? "" : ` ${many}`);
  });
  const [alive, all] = leastAlive(arc, perArc);
  return [
    `${perArc === 1 ? "Partition" : "Partitions"} ${range(first, last)},`,
    `slots ${range(first * slots, (last + 1) * slots - 1)}: ${owners.join(", ")}${alive < all ? `; ${alive} of ${all} owners alive` : ""}`,
  ];
}

function hover(arc) {
  if (model.hover !== arc) {
    model.hover = arc;
    drawMarks();
  }
}

function arcAt(event) {
  const box = drawn.root.getBoundingClientRect();
  const scale = drawn.geo.size / box.width;
  const x = (event.clientX - box.left) * scale - drawn.geo.size / 2, y = (event.clientY - box.top) * scale - drawn.geo.size / 2;
  const radius = Math.hypot(x, y);
  if (radius < drawn.geo.inner - 12 || radius > drawn.geo.outer + 14) return -1;
  const turn = (Math.atan2(y, x) / TAU + 1.25) % 1;
  return Math.floor(turn * drawn.geo.arcs);
}

const pointAt = event => hover(arcAt(event));

function choose(event) {
  const id = event.target.closest("[data-node]")?.getAttribute("data-node");
  const arc = arcAt(event);
  if (id) select({kind: "node", id});
  else if (arc >= 0) {
    model.focus = arc;
    select({kind: "arc", index: arc});
  } else select(null);
}

function walkRing(event) {
  const {arcs} = drawn.geo;
  const steps = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 8, PageDown: -8, Home: -model.focus, End: arcs - 1 - model.focus};
  if (event.key === "Enter" || event.key === " ") select({kind: "arc", index: model.focus});
  else if (steps[event.key] === undefined) return;
  else model.focus = (model.focus + steps[event.key] + arcs) % arcs;
  event.preventDefault();
  model.hover = -1;
  drawMarks();
}

// ---- the list of nodes

const rows = new Map(); // by id

function row(id) {
  const metric = label => {
    const value = el("span", {class: "value"});
    const area = svg("path", {class: "area"}), line = svg("path", {});
    const node = el("div", {class: "metric"}, el("span", {class: "label"}, label), value,
      svg("svg", {class: "plot", viewBox: "0 0 120 22", preserveAspectRatio: "none", "aria-hidden": "true"}, area, line));
    return {node, value, area, line};
  };
  const parts = {
    sign: el("span"), name: el("span", {class: "name"}), sub: el("span", {class: "sub"}),
    requests: metric("Requests/s"), p99: metric("p99"), stored: metric("Stored"), hints: el("span", {class: "value"}), progress: el("progress", {max: 1, hidden: true}),
  };
  parts.who = el("button", {type: "button", class: "who", "aria-pressed": "false", click: () => select(isChosen(id) ? null : {kind: "node", id})},
    parts.sign, el("span", {class: "names"}, parts.name, parts.sub));
  parts.line = el("li", {"data-id": id}, parts.who, parts.requests.node, parts.p99.node, parts.stored.node,
    el("div", {class: "metric"}, el("span", {class: "label"}, "Hints"), parts.hints), parts.progress);
  return parts;
}

function drawNodes() {
  const list = $("nodes");
  for (const [id, parts] of rows) {
    if (!model.nodes.has(id)) {
      parts.line.remove();
      rows.delete(id);
    }
  }
  if (!model.nodes.has(model.roving)) model.roving = model.order[0] ?? null;
  model.order.forEach((id, place) => {
    if (!rows.has(id)) rows.set(id, row(id));
    const {line} = rows.get(id);
    if (list.children[place] !== line) list.insertBefore(line, list.children[place] ?? null);
    drawNode(id);
  });
}

function drawNode(id) {
  const node = model.nodes.get(id), parts = rows.get(id);
  const {word, tone} = condition(node);
  const isHere = id === model.head.self;
  show(parts.sign, mini(id));
  show(parts.name, node.name, isHere ? el("span", {class: "here"}, "this node") : null);
  set(parts.name, "title", node.name);
  show(parts.sub, el("b", {class: tone}, word), ` · ${model.looks.get(id).label}`);
  set(parts.who, "tabindex", id === model.roving ? 0 : -1);
  set(parts.who, "aria-pressed", String(isChosen(id)));
  const isQuiet = !counts(node);
  set(parts.line, "class", isQuiet ? "quiet" : null);
  say(parts.requests.value, isQuiet ? "–" : count(node.requestsPerSecond ?? 0));
  say(parts.p99.value, isQuiet ? "–" : duration(node.p99Seconds ?? 0));
  say(parts.stored.value, node.loadBytes === undefined ? "–" : bytes(node.loadBytes));
  say(parts.hints, isQuiet ? "–" : count(node.hintsHeld ?? 0));
  const catchUp = node.catchUp;
  const isBehind = catchUp !== undefined && catchUp.done !== catchUp.inAll;
  set(parts.progress, "hidden", !isBehind);
  if (isBehind) {
    set(parts.progress, "aria-label", `${node.name} has caught up with ${catchUp.done ?? 0} of ${catchUp.inAll} partitions`);
    parts.progress.value = (catchUp.done ?? 0) / catchUp.inAll;
  }
}

/** All plots of a kind have the same scale, so that they can be compared. */
function drawPlots() {
  if (document.hidden || model.head === null) return;
  const now = model.head.at;
  for (const kind of ["requests", "p99", "stored"]) {
    let most = 1e-9;
    for (const samples of model.samples.values()) for (const sample of samples) most = Math.max(most, sample[kind]);
    for (const [id, parts] of rows) {
      const samples = model.samples.get(id) ?? [];
      let d = "";
      let start = 0;
      samples.forEach((sample, index) => {
        const x = Math.max(0, 120 - (now - sample.at) / 1000);
        const y = 20.5 - 18.5 * sample[kind] / most;
        if (index === 0) start = x;
        // What was told held until something else was.
        d += index === 0 ? `M${x.toFixed(1)} ${y.toFixed(1)}` : `H${x.toFixed(1)}V${y.toFixed(1)}`;
      });
      if (d !== "") d += "H120";
      set(parts[kind].line, "d", d);
      set(parts[kind].area, "d", d === "" ? "" : `${d}V22H${start.toFixed(1)}Z`);
    }
  }
}

function sample(node) {
  const at = model.head.at;
  const samples = model.samples.get(node.id) ?? [];
  model.samples.set(node.id, samples);
  const isQuiet = !counts(node);
  const next = {
    at, requests: isQuiet ? 0 : node.requestsPerSecond ?? 0, p99: isQuiet ? 0 : node.p99Seconds ?? 0, stored: node.loadBytes ?? 0,
  };
  const last = samples.at(-1);
  const isNew = last === undefined || ["requests", "p99", "stored"].some(kind => last[kind] !== next[kind]);
  if (isNew) samples.push(next);
  while (samples.length > 1 && samples[1].at < at - HISTORY_MILLIS) samples.shift();
}

$("nodes").addEventListener("keydown", event => {
  const place = model.order.indexOf(event.target.closest("li")?.getAttribute("data-id"));
  const next = {ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: model.order.length - 1}[event.key];
  if (place < 0 || next === undefined || model.order[next] === undefined) return;
  event.preventDefault();
  rove(model.order[next]);
  rows.get(model.roving).who.focus();
});

$("nodes").addEventListener("focusin", event => {
  const id = event.target.closest("li")?.getAttribute("data-id");
  if (id) rove(id);
});

/** One node at a time is in the tab order. */
function rove(id) {
  for (const [other, parts] of rows) set(parts.who, "tabindex", other === id ? 0 : -1);
  model.roving = id;
}

// ---- details

let cameFrom = null;

function select(selection) {
  if (selection !== null && model.selection === null) cameFrom = document.activeElement;
  model.selection = selection;
  drawDetails();
  drawConditions();
  drawMarks();
  for (const [id, parts] of rows) set(parts.who, "aria-pressed", String(isChosen(id)));
}

function unselect() {
  const wasInside = $("details").contains(document.activeElement);
  select(null);
  if (wasInside || document.activeElement === document.body) {
    (cameFrom?.isConnected ? cameFrom : $("lookup-key")).focus();
  }
}

$("details-close").addEventListener("click", unselect);
document.addEventListener("keydown", event => {
  if (event.key === "Escape" && model.selection !== null) unselect();
});

const pairs = entries => el("dl", {class: "pairs"},
  ...entries.filter(([, value]) => value !== undefined && value !== null && value !== "").flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, value)]));

function drawDetails() {
  const selection = model.selection;
  set($("details"), "hidden", selection === null);
  if (selection === null || model.head === null) return;
  switch (selection.kind) {
    case "node": return drawNodeDetails(selection.id);
    case "arc": return drawArcDetails(selection.index);
    case "key": return drawKeyDetails(selection);
  }
}

function drawNodeDetails(id) {
  const node = model.nodes.get(id);
  if (node === undefined) {
    say($("details-title"), `Node ${nameOf(id)}`);
    show($("details-body"), el("p", {}, "This node is not known any more."));
    return;
  }
  say($("details-title"), `Node ${node.name}`);
  const {word, tone} = condition(node);
  const catchUp = node.catchUp;
  show($("details-body"), pairs([
    ["State", el("b", {class: tone}, node.role === "member" || node.role === "none" || node.role === word ? word : `${word}, ${node.role}`)],
    ["Zone", node.zone], ["Region", node.region], ["Address", node.address], ["HTTP", node.http || undefined],
    ["Partitions", `${number.format(node.partitions)}, ${percent(node.share)} of all copies; weight ${node.weight}`],
    ["Catching up", catchUp && `${number.format(catchUp.done ?? 0)} of ${plural(catchUp.inAll, "partition")}${catchUp.lastFailure ? `; last failure: ${catchUp.lastFailure}` : ""}`],
    ["Requests", node.requestsPerSecond === undefined ? undefined : `${number.format(node.requestsPerSecond)} a second, p99 ${duration(node.p99Seconds)}`],
    ["Stored", node.loadBytes === undefined ? undefined : bytes(node.loadBytes)],
    ["Hints", node.hintsHeld === undefined ? undefined : `${number.format(node.hintsHeld)} held by it; ${number.format(node.hintsHere)} held here for it`],
    ["Votes on rings", node.votes ? "yes" : "no"], ["Its ring epoch", node.epoch === undefined ? undefined : `${node.epoch}`], ["Release", node.release], ["Id", node.id],
  ]));
}

function drawArcDetails(index) {
  if (drawn === null || index >= drawn.geo.arcs) return select(null);
  const {perArc} = drawn.geo;
  const slots = model.ring.slotsPerPartition;
  const [head] = arcText(index);
  say($("details-title"), head.replace(",", ""));
  const lines = [];
  for (let partition = index * perArc; partition < (index + 1) * perArc; partition++) {
    const next = model.ring.nextOwners[partition];
    lines.push(el("tr", {}, el("th", {scope: "row"}, `${partition}`), el("td", {}, range(partition * slots, (partition + 1) * slots - 1)),
      el("td", {}, memberNames(model.ring.owners[partition])), el("td", {}, next === undefined ? "–" : memberNames(next))));
  }
  show($("details-body"), el("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "Partitions of this arc"}, el("table", {},
    el("thead", {}, el("tr", {}, ...["Partition", "Slots", "Owners", "Next owners"].map(head => el("th", {scope: "col"}, head)))), el("tbody", {}, ...lines))));
}

const memberNames = places => places.map(place => {
  const {id} = model.ring.members[place];
  const node = model.nodes.get(id);
  return counts(node) ? nameOf(id) : `${nameOf(id)} (${node === undefined ? "unheard of" : condition(node).word})`;
}).join(", ");

// ---- keys

$("lookup").addEventListener("submit", event => {
  event.preventDefault();
  find($("lookup-cache").value, $("lookup-key").value);
});

async function find(cache, key) {
  const selection = {kind: "key", cache, key};
  select(selection);
  $("details").focus({preventScroll: true});
  remember(cache, key);
  await lookUp(selection);
}

/** Asks who holds a selected key, and shows it if it is still selected then. */
async function lookUp(selection) {
  const {cache, key} = selection;
  try {
    const [copies, place] = await Promise.all([
      ask(`keys/${encodeURIComponent(cache)}/${encodeURIComponent(key)}`),
      ask(`ring/${encodeURIComponent(key)}?cache=${encodeURIComponent(cache)}`),
    ]);
    selection.page = {...copies, standIns: place.standIns};
    selection.error = undefined;
  } catch (error) {
    selection.page = undefined;
    selection.error = error instanceof TypeError ? "the node does not answer" : error.message;
  }
  if (model.selection === selection) select(selection);
}

/** A page of the node; what it says is wrong is thrown. */
async function ask(path) {
  const answer = await fetch(path);
  const page = await answer.json();
  if (!answer.ok) throw new Error(page.error ?? `the node answered ${answer.status}`);
  return page;
}

function remember(cache, key) {
  model.keys = [{cache, key}, ...model.keys.filter(one => one.cache !== cache || one.key !== key)].slice(0, RECENT_KEYS);
  $("recent").hidden = false;
  $("recent").replaceChildren(...model.keys.map(one => el("li", {}, el("button", {type: "button", class: "quiet", title: `${one.cache} / ${one.key}`,
    click: () => {
      $("lookup-cache").value = one.cache;
      $("lookup-key").value = one.key;
      find(one.cache, one.key);
    }}, one.key))));
}

function drawKeyDetails({cache, key, page, error}) {
  say($("details-title"), `Key ${key}`);
  if (error !== undefined) {
    show($("details-body"), el("p", {class: "error"}, error));
    return;
  }
  if (page === undefined) {
    show($("details-body"), el("p", {}, "Asking its owners"));
    return;
  }
  const isHeld = page.copies.some(copy => copy.answered && copy.kind !== "none");
  const missing = page.copies.filter(copy => !copy.answered).length;
  const verdict = page.allAgree ? isHeld ? "All owners hold the same." : "No owner holds it."
    : missing > 0 ? `${plural(missing, "owner")} did not answer.` : "Owners differ.";
  show($("details-body"),
    el("p", {class: page.allAgree ? "verdict" : "verdict warn"}, verdict),
    el("ul", {class: "copies", "aria-label": "Copies"}, ...page.copies.map(copyLine)),
    pairs([["Cache", cache], ["Slot", `${page.slot}, in partition ${page.partition}`],
      ["Stand-ins", page.standIns.map(node => node.name).join(", ") || "none"], ["Ring epoch", `${page.epoch}`]]));
}

function copyLine(copy) {
  const what = !copy.answered ? el("span", {class: "bad"}, `no answer: ${copy.why}`)
    : copy.kind === "none" ? "nothing"
    : copy.kind === "tombstone" ? "deleted"
    : `${bytes(copy.bytes)}${copy.expires ? `, ${copy.expired ? "expired" : "expires"} ${copy.expires}` : ""}`;
  return el("li", {}, mini(copy.id), el("b", {}, copy.name, copy.role === "owner" ? "" : ` (${copy.role})`),
    el("div", {}, el("div", {class: "what"}, what, copy.answered && !copy.agrees ? el("b", {class: "warn"}, " · older or missing") : ""),
      copy.version ? el("div", {class: "version"}, `written ${copy.written} · version ${copy.version}`) : null));
}

// ---- figures, zones, upkeep, table, log

function drawFigures() {
  const head = model.head;
  const nodes = [...model.nodes.values()];
  const members = nodes.filter(node => node.role !== "none");
  const alive = members.filter(counts);
  figure("nodes", `${alive.length} of ${members.length}`, alive.length < members.length ? "bad" : "");
  figure("requests", count(alive.reduce((sum, node) => sum + (node.requestsPerSecond ?? 0), 0)));
  figure("p99", duration(Math.max(0, ...alive.map(node => node.p99Seconds ?? 0))));
  figure("stored", bytes(members.reduce((sum, node) => sum + (node.loadBytes ?? 0), 0)));
  const hints = alive.reduce((sum, node) => sum + (node.hintsHeld ?? 0), 0);
  figure("hints", count(hints), hints > 0 ? "warn" : "");
  figure("epoch", `${head.epoch}`);
  if (model.ring !== null) {
    const {full, some, few} = ownersAlive();
    figure("owners", share(full / model.ring.partitions), few > 0 ? "bad" : some > 0 ? "warn" : "",
      few > 0 ? el("small", {}, `${share(few / model.ring.partitions)} without a majority`) : null);
  }
  say($("cluster"), head.cluster);
  say($("seen-by"), `as ${head.node} sees it`);
  const title = `${head.cluster} · Murmur`;
  if (document.title !== title) document.title = title;
  drawChange(head);
  set($("awaited"), "hidden", !head.awaited);
  say($("awaited"), head.awaited ? `${head.node} does not serve yet: ${head.awaited}` : "");
  const caches = $("lookup-cache");
  if ([...caches.options].map(option => option.value).join("\n") !== head.caches.join("\n")) {
    show(caches, ...head.caches.map(cache => el("option", {value: cache}, cache)));
    caches.selectedIndex = 0;
  }
}

/** Never rounded to all or to nothing. */
const share = part => part === 0 || part === 1 ? `${part * 100} %` : percent(Math.min(.999, Math.max(.001, part)));

function figure(name, text, tone = "", note = null) {
  show($(`figure-${name}`), text, note);
  set($(`figure-${name}`), "class", tone || null);
}

/** Of how many partitions all owners live, most of them, or no more than half. */
function ownersAlive() {
  const found = {full: 0, some: 0, few: 0};
  for (let partition = 0; partition < model.ring.partitions; partition++) {
    const [alive, all] = leastAlive(partition, 1);
    found[alive === all ? "full" : alive > all / 2 ? "some" : "few"]++;
  }
  return found;
}

function drawChange(head) {
  const change = head.change;
  set($("change"), "hidden", !change);
  if (!change) return;
  const behind = [...model.nodes.values()].filter(node => node.catchUp);
  const inAll = behind.reduce((sum, node) => sum + node.catchUp.inAll, 0);
  const done = behind.reduce((sum, node) => sum + (node.catchUp.done ?? 0), 0);
  say($("change-what"), change.what);
  say($("change-how"), `${number.format(done)} of ${plural(inAll, "partition")} caught up with${change.behind.length > 0 ? `; behind: ${change.behind.join(", ")}` : ""}`);
  $("change-progress").value = inAll === 0 ? 0 : done / inAll;
}

function drawZones() {
  show($("zones"), ...model.zones.map((zone, index) => {
    const ids = model.order.filter(id => model.looks.get(id).zone === index);
    const alive = ids.filter(id => counts(model.nodes.get(id))).length;
    const shades = Math.min(ids.length, 4);
    return el("li", {}, svg("svg", {class: "swatch wide", viewBox: "0 0 30 15", "aria-hidden": "true"},
      ...Array.from({length: shades}, (ignored, shade) => svg("rect", {class: `own z${index % 6} s${shade}`, x: 30 / shades * shade, width: 30 / shades, height: 15})),
      svg("rect", {width: 30, height: 15, fill: `url(#texture-${index % TEXTURES})`})), `${zone}, ${alive} of ${ids.length} alive`);
  }));
}

function drawUpkeep() {
  const {sync, hints} = model.head;
  const entries = [
    ["Rounds under way", number.format(sync.roundsUnderWay)],
    ["Catching up with", plural(sync.catchUps, "partition")],
    ["Rebuilding", plural(sync.rebuilds, "partition")],
    ["Serving others", plural(sync.serving, "request")],
    ["Compared", `${plural(sync.sinceStart.partitionsCompleted, "partition")}, ${number.format(sync.sinceStart.partitionsDiffering)} differed, ${number.format(sync.sinceStart.partitionsIncomplete)} without some owner`],
    ["Mended by rounds", plural(sync.sinceStart.keysMendedByRounds, "key")],
    ["Longest not compared", sync.oldestUnsynced ? `partition ${sync.oldestUnsynced.partition}, ${duration(sync.oldestUnsynced.ageSeconds)}` : "–"],
    ["Hints held", `${number.format(hints.hints)}, ${bytes(hints.bytes)}`],
    ...hints.targets.map(target => [`For ${target.name}`, `${number.format(target.hints)}${target.handingOver ? `, handing over at ${bytes(target.bytesPerSecond)}/s` : target.alive ? "" : ", waiting for it"}`]),
    ["Owed to rounds", plural(hints.owedPartitions.length, "partition")],
  ];
  show($("upkeep"), ...entries.flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, value)]));
}

/** Neighbours with the same owners are one line. */
function drawTable() {
  if (!$("table").open || model.ring === null) return;
  const {owners, nextOwners, partitions, slotsPerPartition: slots} = model.ring;
  const same = (one, other) => String(owners[one]) === String(owners[other]) && String(nextOwners[one]) === String(nextOwners[other]);
  const lines = [];
  for (let first = 0, next; first < partitions; first = next) {
    next = first + 1;
    while (next < partitions && same(first, next)) next++;
    const [alive, all] = leastAlive(first, 1);
    lines.push(el("tr", {}, el("th", {scope: "row"}, range(first, next - 1)), el("td", {}, range(first * slots, next * slots - 1)), el("td", {}, memberNames(owners[first])),
      el("td", {}, nextOwners[first] === undefined ? "–" : memberNames(nextOwners[first])), el("td", {}, `${alive} of ${all}`)));
  }
  show($("table-body"), ...lines);
}

$("table").addEventListener("toggle", drawTable);

function log(text) {
  const millis = Date.now();
  $("log").prepend(el("li", {}, el("time", {datetime: new Date(millis).toISOString()}, clockTime(millis)), el("span", {}, text)));
  while ($("log").children.length > LOG_LINES) $("log").lastElementChild.remove();
}

// ---- what the node tells

function hearRing(ring) {
  const former = model.ring;
  model.ring = ring;
  drawn = null;
  if (model.head !== null) drawAll();
  if (former !== null && former.epoch !== ring.epoch) {
    log(`Ring of epoch ${ring.epoch}`);
    // Its owners may be others now.
    if (model.selection?.kind === "key") lookUp(model.selection);
  }
}

function hearState(state) {
  const isFirst = model.head === null;
  const before = new Map([...model.nodes].map(([id, node]) => [id, condition(node).word]));
  if (state.whole) model.nodes = new Map();
  for (const id of state.gone ?? []) model.nodes.delete(id);
  for (const node of state.nodes) model.nodes.set(node.id, node);
  const former = model.head;
  model.head = state;
  for (const node of model.nodes.values()) sample(node);
  // So that who has gone does not go on to set the scale of the others.
  for (const id of [...model.samples.keys()]) if (!model.nodes.has(id)) model.samples.delete(id);
  const isSame = !state.whole && state.nodes.length === 0 && (state.gone ?? []).length === 0;
  const places = [...model.nodes.values()].map(node => [node.id, node.name, node.zone, node.region].join("\n")).sort().join("\n");
  if (places !== hearState.places) {
    hearState.places = places;
    drawn = null;
  }
  if (drawn === null || !isSame || former.epoch !== state.epoch || Boolean(former.change) !== Boolean(state.change)) drawAll();
  else {
    drawFigures();
    drawUpkeep();
    drawPlots();
  }
  if (isFirst) {
    log(`${[...model.nodes.values()].filter(counts).length} of ${plural(model.nodes.size, "node")} alive`);
    return;
  }
  for (const [id, node] of model.nodes) {
    const {word} = condition(node);
    if (before.get(id) !== word) log(`${node.name} is ${word}`);
  }
  for (const [id] of before) if (!model.nodes.has(id)) log(`${nameOf(id)} is not known any more`);
  // A change may be over within the second.
  if (state.lastChange && state.lastChange.epoch !== former.lastChange?.epoch) {
    log(`${state.lastChange.what}: ${state.lastChange.done ? "done" : "given up"}`);
  }
  if (state.change && former.change?.what !== state.change.what) log(`${state.change.what}: begun`);
}

function drawAll() {
  arrange();
  if (drawn === null) drawRing();
  else {
    drawConditions();
    drawMarks();
  }
  drawFigures();
  drawNodes();
  drawZones();
  drawUpkeep();
  drawPlots();
  drawTable();
  if (model.selection !== null && model.selection.kind !== "key") drawDetails();
}

// ---- the link to the node: it comes back by itself, and what is old is marked until then

let source = null;
let triedAt = 0;

function connect() {
  triedAt = Date.now();
  source?.close();
  source = new EventSource("events");
  const on = (name, hear) => source.addEventListener(name, event => {
    model.heardAt = Date.now();
    hear(JSON.parse(event.data));
    linked("live");
  });
  on("ring", hearRing);
  on("state", hearState);
  source.addEventListener("error", () => {
    // The browser tries again by itself, unless it was refused.
    linked("lost", "Disconnected");
  });
}

function linked(link, what = "") {
  if (link === "lost" && model.link === "opening" && model.heardAt === 0) {
    say($("link-text"), "The node does not answer; trying again");
    return;
  }
  if (model.link === link) return;
  if (link === "lost") log(`${what}: ${model.head?.node ?? "the node"}`);
  if (link === "live" && model.link === "lost") log("Connected again");
  model.link = link;
  document.body.dataset.link = link;
  say($("link-text"), link === "live" ? "Live" : `${what} since ${clockTime(model.heardAt)}; trying again`);
}

setInterval(() => {
  const now = Date.now();
  if (now - model.heardAt <= SILENCE_MILLIS || now - triedAt <= SILENCE_MILLIS) return;
  linked("lost", "No news");
  // One that has broken without a word is open for the browser for ever, and one that was refused is not tried again.
  connect();
}, 1000);

// ---- colours

function colours(choice) {
  const root = document.documentElement;
  if (choice === "auto") delete root.dataset.theme;
  else root.dataset.theme = choice;
  say($("theme"), `Colours: ${choice}`);
}

function kept() {
  try {
    return localStorage.getItem("colours") ?? "auto";
  } catch {
    return "auto";
  }
}

$("theme").addEventListener("click", () => {
  const next = {auto: "light", light: "dark", dark: "auto"}[document.documentElement.dataset.theme ?? "auto"];
  colours(next);
  try {
    localStorage.setItem("colours", next);
  } catch {
    // The choice lasts as long as the page.
  }
});

colours(["light", "dark"].includes(kept()) ? kept() : "auto");

let width = 0;
new ResizeObserver(() => {
  // On a frame of its own, since drawing changes the size that is observed.
  requestAnimationFrame(() => {
    if (stage.clientWidth !== width && model.ring !== null) {
      width = stage.clientWidth;
      drawRing();
      if (model.selection?.kind === "arc") select(null);
    }
  });
}).observe(stage);
document.addEventListener("visibilitychange", drawPlots);
connect();
