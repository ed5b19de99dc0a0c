// Sizes and times, as the user's language writes them.
import { pageLocale } from '../components/age';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** As in "1.5 MB". */
export function sizeText(bytes: number, locale = pageLocale()): string {
  const power = Math.min(
    UNITS.length - 1,
    Math.floor(Math.log10(Math.max(1, bytes)) / 3)
  );
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: UNITS[power] ?? 'byte',
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: power === 0 ? 0 : 1
  }).format(bytes / 1000 ** power);
}

/** As in "2.4 s" or "1 min, 5 s". */
export function durationText(seconds: number, locale = pageLocale()): string {
  const form = (unit: string, value: number, digits = 0): string =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit,
      unitDisplay: 'short',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits
    }).format(value);
  if (seconds < 60) {
    return form('second', seconds, seconds < 10 ? 1 : 0);
  }
  const minutes = Math.floor(seconds / 60);
  return `${form('minute', minutes)}, ${form('second', Math.floor(seconds % 60))}`;
}

/** As in "10,000". */
export function numberText(value: number, locale = pageLocale()): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** What sources call themselves, by the API's names of them. */
const SOURCES: Readonly<Record<string, string>> = {
  ckan: 'CKAN',
  datagov: 'data.gov',
  eurostat: 'Eurostat',
  fred: 'FRED',
  'google-dataset': 'Google Dataset Search',
  huggingface: 'Hugging Face',
  kaggle: 'Kaggle',
  owid: 'Our World in Data',
  who: 'WHO',
  'world-bank': 'World Bank',
  zenodo: 'Zenodo'
};

export function sourceText(name: string): string {
  return SOURCES[name] ?? name;
}
