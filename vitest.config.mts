import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [
    {
      // As the labextension's builder does: an .svg file is its text.
      name: 'svg-as-text',
      enforce: 'pre',
      load(id) {
        return id.endsWith('.svg')
          ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))};`
          : null;
      }
    }
  ],
  test: {
    include: ['extension/src/**/*.spec.{ts,tsx}'],
    environment: 'jsdom',
    setupFiles: ['vitest.setup.mts'],
    server: { deps: { inline: [/@jupyterlab\//, /@jupyter\//, /@lumino\//] } }
  }
});
