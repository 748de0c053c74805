// The map of what was found (components/plan.html), drawn by Leaflet over our own outlines or a tile server.
// Leaflet and the outlines are fetched only when someone opens the map; the list says the same without it.
"use strict";

(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const wide = matchMedia("(min-width: 48rem)");
  const FERME = "Voir la carte";
  const OUVERT = "Cacher la carte";
  const MODE_D_EMPLOI = "Carte. Les flèches la déplacent, plus et moins changent sa taille.";
  const PANNE = "La carte n'a pas pu s'ouvrir. La liste dit la même chose.";
  // Two markers nearer than this on the screen are one, wide enough for « 12 ici ».
  const MARQUE_PX = { x: 52, y: 36 };
  // What a popup takes besides its text, and the air around it.
  const BULLE_BORDS = 84;
  const NOM_MARGE = 5;
  // Where a name may stand: right against its point, or clear of the marker that covers it.
  const CONTRE = ["bas", "haut"];
  const A_COTE = ["dessous", "dessus", "droite", "gauche"];
  // Our outlines are true to a hundred metres, no more.
  const ZOOM_MAX_CONTOURS = 13;
  const ZOOM_SEUL = 11;
  const PAS = 1000; // the outlines count in thousandths of a degree

  let wanted = null; // what the person last asked for: open, closed, or nothing yet
  let shown = null; // the map on the screen, with its section
  let library = null;
  const files = new Map();

  // ---------- Open, close, come back after a swap ----------

  function take(section) {
    section.hidden = false;
    const button = section.querySelector("button");
    button.addEventListener("click", () => {
      wanted = !isOpen(section);
      toggle(section, wanted);
    });
    toggle(section, wanted ?? wide.matches);
  }

  function isOpen(section) {
    return !section.querySelector("#plan-carte").hidden;
  }

  function toggle(section, open) {
    section.querySelector("button").textContent = open ? OUVERT : FERME;
    section.querySelector("#plan-carte").hidden = !open;
    if (!open) return;
    if (shown?.section === section) shown.map.invalidateSize();
    else draw(section);
  }

  async function draw(section) {
    const state = section.querySelector(".plan-panne");
    state.textContent = "";
    const { script, style, contours } = section.dataset;
    try {
      library ??= Promise.all([append("link", { rel: "stylesheet", href: style }), append("script", { src: script })]);
      const [outlines] = await Promise.all([contours && outline(contours), library]);
      // Meanwhile it may have been closed, swapped away, or drawn by a second click.
      if (section.isConnected && isOpen(section) && shown?.section !== section) show(section, outlines);
    } catch {
      library = null;
      state.textContent = PANNE;
      toggle(section, false);
    }
  }

  function append(tag, attributes) {
    return new Promise((resolve, reject) => {
      const element = Object.assign(document.createElement(tag), attributes);
      element.addEventListener("load", resolve);
      element.addEventListener("error", reject);
      document.head.append(element);
    });
  }

  async function outline(url) {
    if (!files.has(url)) {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(answer.status);
      const { terres, limites } = await answer.json();
      files.set(url, { terres: terres.map(decode), limites: limites.map(decode) });
    }
    return files.get(url);
  }

  // « Encoded polyline »: see knowledge/referentiels/contours.py. Leaflet wants the latitude first.
  function decode(text) {
    const points = [];
    let at = 0;
    const next = () => {
      let value = 0;
      for (let shift = 0, bits = 32; bits & 32; shift += 5) {
        bits = text.charCodeAt(at++) - 63;
        value |= (bits & 31) << shift;
      }
      return value & 1 ? ~(value >> 1) : value >> 1;
    };
    for (let x = 0, y = 0; at < text.length; ) {
      x += next();
      y += next();
      points.push([y / PAS, x / PAS]);
    }
    return points;
  }

  // ---------- The map ----------

  function show(section, outlines) {
    shown?.map.remove();
    const content = section.querySelector("template").content;
    const points = [...content.querySelectorAll("a")].map(read);
    const centre = [...content.querySelectorAll("b")].map(read)[0];
    const map = create(section, outlines ? ZOOM_MAX_CONTOURS : undefined);
    shown = { section, map };
    fit(map, points, centre);
    background(map, section, outlines);
    if (centre?.rayonKm) {
      L.circle(centre.place, { radius: centre.rayonKm * 1000, className: "plan-rayon", interactive: false }).addTo(map);
    }
    const reperes = [...content.querySelectorAll("i")].map(read).map((repere) => name(map, repere, "plan-repere"));
    if (centre) reperes.unshift(name(map, centre, "plan-repere plan-centre"));
    const layer = L.layerGroup().addTo(map);
    const arrange = () => {
      mark(map, layer, points);
      spread(reperes, layer.getLayers());
    };
    arrange();
    map.on("zoomend", arrange);
    converse(map, layer);
  }

  function read(element) {
    const { latitude, longitude, rang, rayonKm } = element.dataset;
    return { element, rang, rayonKm, place: L.latLng(latitude, longitude) };
  }

  // Leaflet writes styles on its element, which must have no id: htmx would copy them on the next one.
  function frameOf(section) {
    const element = document.createElement("div");
    element.className = "plan-cadre";
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", MODE_D_EMPLOI);
    section.querySelector("#plan-carte").prepend(element);
    return element;
  }

  function create(section, maxZoom) {
    const still = calm.matches;
    const map = L.map(frameOf(section), {
      attributionControl: false,
      zoomControl: false,
      scrollWheelZoom: false, // the wheel scrolls the page
      zoomSnap: maxZoom ? 0.25 : 1,
      maxZoom,
      inertia: !still,
      zoomAnimation: !still,
      fadeAnimation: !still,
      markerZoomAnimation: !still,
      renderer: L.svg({ padding: 0.5 }),
    });
    if (still) map.panBy = (offset) => L.Map.prototype.panBy.call(map, offset, { animate: false });
    L.control.zoom({ position: "bottomright", zoomInTitle: "Agrandir", zoomOutTitle: "Réduire" }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    return map;
  }

  function fit(map, points, centre) {
    const bounds = L.latLngBounds(points.map((point) => point.place));
    if (centre) bounds.extend(centre.rayonKm ? centre.place.toBounds(centre.rayonKm * 2000) : centre.place);
    map.fitBounds(bounds, { padding: [16, 16], maxZoom: ZOOM_SEUL, animate: false });
  }

  function background(map, section, outlines) {
    if (!outlines) {
      L.tileLayer(section.dataset.tuiles).addTo(map);
      return;
    }
    L.polygon(outlines.terres, { className: "plan-terre", interactive: false }).addTo(map);
    L.polyline(outlines.limites, { className: "plan-limite", interactive: false }).addTo(map);
  }

  function name(map, { element, place }, className) {
    const text = document.createElement("span");
    text.textContent = element.textContent;
    const icon = L.divIcon({ className, html: text, iconSize: null });
    return L.marker(place, { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(map);
  }

  // A name takes the first place where it hides nothing, or gives way; that of the place searched comes first.
  function spread(reperes, layers) {
    const marks = layers.map((each) => box(each.getElement()));
    const taken = [...marks, ...reperes.map((repere) => box(repere.getElement()))];
    for (const [rank, repere] of reperes.entries()) {
      const { dataset, firstChild: text } = repere.getElement();
      const covered = marks.some((mark) => overlap(mark, box(repere.getElement())));
      const places = rank ? (covered ? A_COTE : CONTRE) : [...CONTRE, ...A_COTE];
      dataset.cote = places.find((place) => {
        dataset.cote = place;
        return !taken.some((other) => overlap(other, airy(text)));
      }) ?? "aucun";
      if (dataset.cote !== "aucun") taken.push(box(text));
    }
  }

  function box(element) {
    return element.getBoundingClientRect();
  }

  // Two names side by side would read as one.
  function airy(text) {
    const { left, right, top, bottom } = box(text);
    return { left: left - NOM_MARGE, right: right + NOM_MARGE, top, bottom };
  }

  function overlap(a, b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  }

  // ---------- Markers ----------

  function mark(map, layer, points) {
    layer.clearLayers();
    const { x, y } = map.getSize();
    const limits = { maxWidth: Math.min(300, x - BULLE_BORDS), minWidth: 0, maxHeight: Math.min(220, y - 2 * BULLE_BORDS) };
    for (const group of together(map, points)) marker(group, limits).addTo(layer);
    for (const each of layer.getLayers()) label(each);
  }

  // The focus goes into what opens, and back to its marker when it closes. What it half covers cannot be aimed at.
  function converse(map, layer) {
    const leave = () => layer.getLayers().find((each) => each.isPopupOpen())?.closePopup().getElement().focus();
    const elements = () => layer.getLayers().map((each) => each.getElement());
    map.getContainer().addEventListener("keydown", (event) => event.key === "Escape" && leave());
    map.on("popupopen", ({ popup }) => {
      const opened = popup.getElement();
      const close = opened.querySelector(".leaflet-popup-close-button");
      close.setAttribute("aria-label", "Fermer");
      close.addEventListener("click", leave, { once: true, capture: true });
      const panel = box(opened.querySelector(".leaflet-popup-content-wrapper"));
      for (const element of elements()) element.classList.toggle("plan-couvert", overlap(box(element), panel));
      opened.querySelector("li a").focus({ preventScroll: true });
    });
    map.on("popupclose", () => {
      // Zooming takes markers away while their popup closes.
      for (const element of elements()) element?.classList.remove("plan-couvert");
    });
  }

  // In the order of the list: each joins the first group that is too near on the screen.
  function together(map, points) {
    const groups = [];
    for (const point of points) {
      const pixel = map.project(point.place);
      const near = groups.find(({ pixel: { x, y } }) => Math.abs(x - pixel.x) < MARQUE_PX.x && Math.abs(y - pixel.y) < MARQUE_PX.y);
      if (near) near.points.push(point);
      else groups.push({ pixel, points: [point] });
    }
    return groups.map((group) => group.points);
  }

  function marker(points, limits) {
    const alone = points.length === 1;
    const text = document.createElement("span");
    text.textContent = alone ? points[0].rang : `${points.length} ici`;
    const className = alone ? "plan-marque" : "plan-marque plan-plusieurs";
    const list = document.createElement("ul");
    list.setAttribute("role", "list");
    for (const { element } of points) {
      const item = document.createElement("li");
      item.append(element.cloneNode(true));
      list.append(item);
    }
    const icon = L.divIcon({ className, html: text, iconSize: null, popupAnchor: [0, -12] });
    const made = L.marker(points[0].place, { icon, points });
    return made.bindPopup(list, { ...limits, autoPanPadding: [8, 8] });
  }

  function label(made) {
    const { points } = made.options;
    const alone = points.length === 1;
    const text = alone
      ? points[0].element.textContent
      : `${points.length} ici, dans la liste : ${points.map((point) => point.rang).join(", ")}`;
    made.getElement().setAttribute("aria-label", text);
  }

  function takeAll() {
    for (const section of document.querySelectorAll(".plan[hidden]")) take(section);
  }

  document.addEventListener("htmx:afterSettle", takeAll);
  takeAll();
})();
