// How long something took, and when it is, in words of the user's language.
import { pageLocale } from '../components/age';

/** As in "4.2 s" or "3 min 5 s". */
export function duration(seconds: number, locale = pageLocale()): string {
  const unit = (
    value: number,
    name: 'second' | 'minute' | 'hour',
    digits = 0
  ): string =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: digits
    }).format(value);
  if (seconds < 60) {
    const shown =
      seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds);
    if (shown < 60) {
      return unit(shown, 'second', 1);
    }
  }
  const whole = Math.round(seconds);
  if (whole < 3600) {
    const left = whole % 60;
    const minutes = unit(Math.floor(whole / 60), 'minute');
    return left ? `${minutes} ${unit(left, 'second')}` : minutes;
  }
  const minutes = Math.round(whole / 60);
  const hours = unit(Math.floor(minutes / 60), 'hour');
  return minutes % 60 ? `${hours} ${unit(minutes % 60, 'minute')}` : hours;
}

/** A moment with its day of the week, in a time zone; left out: the user's own. */
export function moment(
  time: string,
  zone?: string,
  locale = pageLocale()
): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: zone
  }).format(new Date(time));
}

/** The user's own time zone. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}
