// What the tour tells, and beside what.
import type { TranslationBundle } from '@jupyterlab/translation';

import { CommandIDs } from '../ids';

export interface IStep {
  title: string;
  text: string;
  /** What it is beside: the first of these that is there. */
  beside: readonly string[];
  /** A command that brings that into sight. */
  command?: string;
}

const TAB = '.jp-SideBar [data-id="dashwright-dashboards"]';
const MENU = '#jp-MainMenu .dw-MenuItem';

/** Mark our entry in the bar of menus, which has no name of its own. */
export function markMenu(label: string): void {
  document.querySelectorAll('#jp-MainMenu .lm-MenuBar-item').forEach(item => {
    item.classList.toggle('dw-MenuItem', item.textContent === label);
  });
}

/** @param has - Whether there is such a command; what nobody can do is not told of. */
export function steps(
  has: (command: string) => boolean,
  trans: TranslationBundle
): IStep[] {
  const all: (IStep & { needs?: string })[] = [
    {
      title: trans.__('Dashboards live here'),
      text: trans.__(
        'The list shows yours, those shared with you, and public ones: how old their data are, and what goes on.'
      ),
      beside: ['#dashwright-dashboards', TAB],
      command: CommandIDs.show
    },
    {
      needs: CommandIDs.new,
      title: trans.__('Ask a question'),
      text: trans.__(
        'Write what you want to know, and name a file if you have one. Dashwright finds data, plans charts, and writes a notebook.'
      ),
      beside: ['.dw-Panel-toolbar', TAB]
    },
    {
      needs: CommandIDs.editNotebook,
      title: trans.__('The notebook is yours'),
      text: trans.__(
        'Each number comes from a cell that you can open and change. Viewers see nothing of your changes before you publish.'
      ),
      beside: ['.dw-Panel .dw-Rows', '.dw-Panel', TAB]
    },
    {
      needs: CommandIDs.publish,
      title: trans.__('Publish when it is right'),
      text: trans.__(
        'You see what changes for viewers first. A run that fails is never shown to them, and you can roll back.'
      ),
      beside: [MENU, '#jp-MainMenu']
    },
    {
      needs: CommandIDs.share,
      title: trans.__('Share it, and keep it fresh'),
      text: trans.__(
        'The menu "Dashboards" has the rest: who sees it, when its data are refreshed, and files to take home. The tour is in the menu "Help".'
      ),
      beside: [MENU, '#jp-MainMenu']
    }
  ];
  return all.filter(({ needs }) => needs === undefined || has(needs));
}

/** Where the box is best: right of a place, or below it, inside the window. */
export function placed(
  place: Pick<DOMRect, 'left' | 'top' | 'right' | 'bottom' | 'width'> | null,
  box: { width: number; height: number },
  window: { width: number; height: number }
): { left: number; top: number } {
  const gap = 12;
  if (place === null) {
    return {
      left: (window.width - box.width) / 2,
      top: (window.height - box.height) / 2
    };
  }
  const isRight =
    place.right + gap + box.width <= window.width &&
    place.width < window.width / 2;
  const wanted = isRight
    ? { left: place.right + gap, top: place.top }
    : { left: place.left, top: place.bottom + gap };
  return {
    left: within(wanted.left, gap, window.width - box.width - gap),
    top: within(wanted.top, gap, window.height - box.height - gap)
  };
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
