/* What CSS cannot do for a dashboard: names for screen readers, waiting, lost connections, printing, maps, tables. */
(() => {
  const root = document.documentElement;
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const set = (element, name, value) => { if (element.getAttribute(name) !== value) element.setAttribute(name, value); };

  /* ---------- names ---------- */
  const nameFigure = (figure) => {
    const head = figure.closest('.card')?.querySelector('.card-head');
    if (!head) return;
    const parts = all('h2, h3, p, .key', head).map((part) => (
      part.matches('.key') ? all('span', part).map((one) => one.textContent.trim()).join(', ') : part.textContent.trim()));
    const numbers = figure.closest('.card').querySelector('.numbers') ? 'The numbers are in the table below.' : '';
    set(figure, 'role', 'img');
    set(figure, 'aria-label', [...parts, numbers].filter(Boolean).join('. ').replace(/\.\. /g, '. '));
    for (const svg of figure.querySelectorAll(':scope > svg, :scope > canvas')) set(svg, 'aria-hidden', 'true');
  };
  /* "1990-2002", "0 – 350", "2020-01-01-2021-01-01" → the two ends */
  const ends = (text) => {
    const byDash = text.split(/\s*[–—]\s*|\s+-\s+/);
    if (byDash.length === 2) return byDash;
    const parts = text.split('-');
    const half = parts.length / 2;
    return parts.length % 2 ? [text, text] : [parts.slice(0, half).join('-').trim(), parts.slice(half).join('-').trim()];
  };
  const nameHandle = (handle) => {
    const slider = handle.closest('.widget-slider, .widget-inline-hbox');
    const label = slider?.querySelector('.widget-label')?.textContent.trim();
    const readout = slider?.querySelector('.widget-readout')?.textContent.trim();
    const handles = all('.noUi-handle', handle.closest('.noUi-base'));
    const place = handles.indexOf(handle);
    if (label) set(handle, 'aria-label', handles.length > 1 ? `${label}, ${place ? 'to' : 'from'}` : label);
    if (readout) set(handle, 'aria-valuetext', handles.length > 1 ? ends(readout)[place] : readout);
  };
  const nameTable = (scroll) => {
    const wide = scroll.scrollWidth > scroll.clientWidth + 1;
    const title = scroll.closest('.card')?.querySelector('h2, h3')?.textContent.trim();
    if (wide) { set(scroll, 'tabindex', '0'); set(scroll, 'role', 'region'); set(scroll, 'aria-label', `${title || 'Table'}, scrolls sideways`); }
    else for (const name of ['tabindex', 'role', 'aria-label']) scroll.removeAttribute(name);
  };
  /* A figure may grow with its row, but not out of shape: at most by a third. Set before bqplot first draws it. */
  const limitHeight = (figure) => {
    const height = parseFloat(figure.style.height);
    if (height && !figure.style.maxHeight) figure.style.maxHeight = `${Math.round(height * 1.34)}px`;
  };
  const look = () => {
    all('.bqplot.figure').forEach((figure) => { nameFigure(figure); watchDrawing(figure); });
    all('.noUi-handle').forEach(nameHandle);
    all('.scroll').forEach(nameTable);
    all('[title="null"]').forEach((element) => element.removeAttribute('title')); // ipywidgets' tooltip of None
    all('.widget-readout[contenteditable="true"]').forEach((readout) => {
      const label = readout.closest('.widget-inline-hbox')?.querySelector('.widget-label')?.textContent.trim();
      set(readout, 'role', 'textbox');
      if (label) set(readout, 'aria-label', `${label}, as text`);
    });
    all('.insight').forEach((line) => set(line.closest('.widget-html') || line, 'aria-live', 'polite'));
    all('.filters').forEach((bar) => { set(bar, 'role', 'group'); set(bar, 'aria-label', 'Filters'); });
    all('.widget-inline-hbox select:not([aria-label]), .widget-inline-hbox input:not([aria-label])').forEach((field) => {
      const label = field.closest('.widget-inline-hbox').querySelector('.widget-label')?.textContent.trim();
      if (label && !field.labels?.length) set(field, 'aria-label', label);
    });
  };
  let due = 0;
  const soon = () => { if (!due) due = setTimeout(() => { due = 0; look(); waitForDrawing(); }, 100); };
  new MutationObserver(() => { all('.bqplot.figure').forEach(limitHeight); soon(); }).observe(document.body, { childList: true, subtree: true, characterData: true });
  addEventListener('resize', soon);

  /* ---------- loading ---------- */
  let cellsSince = 0;
  let lastChange = 0;
  const pictured = (figure) => figure.querySelector(':scope > svg .mark, :scope > svg .axis, :scope > svg path') !== null;
  const finish = () => {
    if (!root.classList.contains('loading')) return;
    root.classList.remove('loading');
    document.getElementById('loading')?.remove();
    look();
    performance.mark('dashwright-drawn');
    if (location.hash === '#dashboard' || location.hash.length > 1) document.querySelector(location.hash)?.scrollIntoView();
  };
  const waitForDrawing = () => {
    if (!root.classList.contains('loading') || !cellsSince) return;
    lastChange = performance.now();
    const widgets = all('#rendered_cells .jupyter-widgets');
    const figures = all('#rendered_cells .bqplot.figure');
    const failed = document.querySelector('#rendered_cells .status.failed');
    if (failed || (widgets.length && document.querySelector('#rendered_cells .grid, #rendered_cells .widget-box') && figures.every(pictured))) {
      requestAnimationFrame(() => requestAnimationFrame(finish));
    }
  };
  document.addEventListener('dashwright-cells', () => {
    cellsSince = lastChange = performance.now();
    waitForDrawing();
    /* A notebook somebody wrote by hand may have no widgets at all: a page that has not changed for long is done. */
    const timer = setInterval(() => {
      const now = performance.now();
      if (now - lastChange > 4000 || now - cellsSince > 20000) { clearInterval(timer); finish(); }
    }, 500);
  });

  /* ---------- connection ---------- */
  const notice = document.getElementById('connection');
  const tell = (text, reload) => {
    notice.hidden = !text;
    notice.replaceChildren();
    if (!text) return;
    const line = document.createElement('p');
    line.className = 'status failed';
    line.append(text, ' ');
    if (reload) {
      const button = document.createElement('button');
      button.textContent = 'Reload';
      button.addEventListener('click', () => location.reload());
      line.append(button);
    }
    notice.append(line);
  };
  let leaving = false;
  let connected = false;
  const lost = async (kernel) => {
    try {
      const answer = await fetch(`${document.body.dataset.baseUrl.replace(/voila\/$/, '')}api/kernels/${kernel}`, { cache: 'no-store' });
      if (connected || leaving) return;
      if (answer.ok) { setTimeout(() => { if (!connected && !leaving) lost(kernel); }, 3000); return; }
      tell('The filters no longer work, because this page was idle for long or its computation was ended. Reload the page to go on.', true);
      finish();
    } catch {
      if (connected || leaving) return;
      tell('The server cannot be reached, so the filters do not work at the moment. Trying again …');
      setTimeout(() => { if (!connected && !leaving) lost(kernel); }, 3000);
    }
  };
  addEventListener('beforeunload', () => { leaving = true; });
  addEventListener('pageshow', (event) => { leaving = false; if (event.persisted) location.reload(); });
  document.addEventListener('dashwright-connection', ({ detail }) => {
    connected = detail.open;
    if (connected) tell('');
    else setTimeout(() => { if (!connected && !leaving) lost(detail.kernel); }, 300);
  });

  /* ---------- maps and tooltips ---------- */
  /* Maps zoom by the wheel and move by dragging, which takes the page's own scrolling away: with Ctrl only. */
  const keep = (event) => { if (!event.ctrlKey && !event.metaKey && event.target.closest?.('.us-map, .world-map, .map-figure')) event.stopPropagation(); };
  for (const name of ['wheel', 'mousedown', 'touchstart', 'touchmove', 'dblclick']) document.addEventListener(name, keep, { capture: true, passive: true });
  /* A tooltip stays when the mark under the pointer goes away. */
  const away = (event) => { if (!event.target.closest?.('.bqplot, .bqplot_mark_tooltip')) hideTooltips(); };
  const hideTooltips = () => all('.bqplot_mark_tooltip').forEach((tip) => { tip.style.opacity = 0; tip.style.display = 'none'; });
  document.addEventListener('pointermove', away, { passive: true });
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') hideTooltips(); });
  document.addEventListener('change', hideTooltips, true);

  /* ---------- print ---------- */
  /* Figures are drawn for the window's width and are not drawn again for paper: let them scale from the size they were
     last drawn for. bqplot draws only what is in the window, so that may be another than the present one. */
  const drawnFor = new WeakMap();
  const watchDrawing = (figure) => {
    const canvas = figure.querySelector(':scope > canvas');
    if (!canvas || drawnFor.has(figure)) return;
    const note = () => drawnFor.set(figure, figure.getBoundingClientRect());
    note();
    new MutationObserver(note).observe(canvas, { attributes: true, attributeFilter: ['width', 'height'] });
  };
  addEventListener('beforeprint', () => all('.bqplot.figure').forEach((figure) => {
    const { width, height } = drawnFor.get(figure) || figure.getBoundingClientRect();
    if (!width || !height) return;
    figure.style.setProperty('--ratio', `${width} / ${height}`);
    figure.style.setProperty('--drawn', `${Math.round(width)}px`);
    for (const svg of figure.querySelectorAll(':scope > svg')) svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  }));
  addEventListener('afterprint', () => all('.bqplot.figure > svg').forEach((svg) => svg.removeAttribute('viewBox')));
})();
