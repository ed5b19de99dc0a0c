import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { afterEach, describe, expect, it, vi } from 'vitest';

import type { IAbout } from './about';
import { DashboardsPanel } from './panel';

const trans = nullTranslator.load('dashwright');
let panel: DashboardsPanel | null = null;

function open(load: () => Promise<IAbout>): HTMLElement {
  panel = new DashboardsPanel(load, trans);
  panel.hide();
  Widget.attach(panel, document.body);
  panel.show();
  return panel.node;
}

afterEach(() => {
  panel?.dispose();
  panel = null;
});

describe('DashboardsPanel', () => {
  it('says how to make a dashboard and links to the viewer', async () => {
    const viewer = 'http://127.0.0.1:8866/';
    const node = open(() => Promise.resolve({ version: '1.2.3', viewer }));

    await vi.waitFor(() => {
      expect(node.querySelector('code')?.textContent).toMatch(
        /^dashwright new "/
      );
      const link = node.querySelector('a');
      expect(link?.href).toBe(viewer);
      expect(link?.rel).toContain('noopener');
      expect(node.textContent).toContain('Dashwright 1.2.3');
    });
  });

  it('has no link while no viewer runs, and says how to start one', async () => {
    const node = open(() => Promise.resolve({ version: '1', viewer: null }));

    await vi.waitFor(() => {
      expect(node.textContent).toContain('dashwright up');
    });
    expect(node.querySelector('a')).toBeNull();
  });

  it('still says how to make a dashboard when the server does not answer', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined);
    const node = open(() => Promise.reject(new Error('gone')));

    await vi.waitFor(() => {
      expect(warn).toHaveBeenCalledOnce();
      expect(node.textContent).toContain('dashwright new');
    });
    expect(node.querySelector('a')).toBeNull();
    warn.mockRestore();
  });

  it('asks again when it is shown again', async () => {
    const load = vi.fn(() =>
      Promise.resolve<IAbout>({ version: '1', viewer: null })
    );
    open(load);
    panel?.hide();
    panel?.show();

    await vi.waitFor(() => {
      expect(load).toHaveBeenCalledTimes(2);
    });
  });
});
