/* Runs in <head>: what Voilà calls while it executes, and a look at the connection before Voilà opens it. */
(() => {
  const say = (text) => { const line = document.getElementById('loading_text'); if (line) line.textContent = text; };
  window.voila_heartbeat = () => {};
  window.update_loading_text = (cell, cells, text) => say(text ?? `Computing, step ${cell} of ${cells}`);
  window.voila_process = (cell, cells) => say(`Computing, step ${cell} of ${cells}`);
  /* Called when the last cell has run and again when Voilà's theme is loaded: the later call counts. The cells take
     part in layout from then on but stay invisible, so that charts know their size, until page.js finds them drawn. */
  window.display_cells = window.voila_finish = () => {
    if (!window.themeLoaded) { window.cellLoaded = true; return; }
    say('Drawing …');
    document.getElementById('rendered_cells').style.display = '';
    document.dispatchEvent(new Event('dashwright-cells'));
  };

  /* The connection to the kernel, as events: JupyterLab knows when it closes, but tells nobody. */
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(url, protocols) {
      super(url, protocols);
      const kernel = /\/api\/kernels\/([\w-]+)\/channels/.exec(url)?.[1];
      if (!kernel) return;
      const tell = (open) => document.dispatchEvent(new CustomEvent('dashwright-connection', { detail: { kernel, open } }));
      this.addEventListener('open', () => tell(true));
      this.addEventListener('close', () => tell(false));
    }
  };
})();
