// What a dashboard can be taken home as, in words.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ExportFormat } from '../api/nouns';

export interface IFormat {
  label: string;
  means: string;
  /** Of the file's name, if the server names none. */
  ending: string;
}

/** Each format that the API has. */
export function formats(
  trans: TranslationBundle
): Readonly<Record<ExportFormat, IFormat>> {
  return {
    ipynb: {
      label: trans.__('Notebook with results'),
      means: trans.__('As it was executed, with its outputs.'),
      ending: 'ipynb'
    },
    source: {
      label: trans.__('Notebook to run'),
      means: trans.__(
        'Without outputs. It runs where pandas, bqplot and ipywidgets are, without Dashwright.'
      ),
      ending: 'ipynb'
    },
    html: {
      label: trans.__('Page in one file'),
      means: trans.__(
        'The page as it is drawn, without scripts. It asks nobody for anything.'
      ),
      ending: 'html'
    },
    pdf: {
      label: trans.__('PDF'),
      means: trans.__('The page on paper.'),
      ending: 'pdf'
    },
    png: {
      label: trans.__('Picture'),
      means: trans.__('The whole page as a PNG file.'),
      ending: 'png'
    },
    csv: {
      label: trans.__('Data as CSV'),
      means: trans.__(
        'A ZIP file of the tables behind the widgets, with their sources and licences.'
      ),
      ending: 'zip'
    },
    parquet: {
      label: trans.__('Data as Parquet'),
      means: trans.__('The same, with types, for programs.'),
      ending: 'zip'
    }
  };
}

/** The file's name in a Content-Disposition header; null: it names none. */
export function nameIn(disposition: string | null): string | null {
  if (disposition === null) {
    return null;
  }
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  const plain = /filename="?([^";]+)"?/i.exec(disposition)?.[1];
  const name = encoded === undefined ? plain : decoded(encoded);
  // A name, not a way to another folder.
  const last = name?.replace(/^.*[/\\]/, '').trim() ?? '';
  return last === '' ? null : last;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `sales.csv`, `sales (2).csv`, … */
export function numbered(name: string, count: number): string {
  if (count < 2) {
    return name;
  }
  const dot = name.lastIndexOf('.');
  return dot < 1
    ? `${name} (${count})`
    : `${name.slice(0, dot)} (${count})${name.slice(dot)}`;
}
