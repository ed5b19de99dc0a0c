// What a person chooses in the schedule's dialog, and the timing that the API knows.
import type { TranslationBundle } from '@jupyterlab/translation';

import type {
  NewSchedule,
  Schedule,
  ScheduleState,
  Timing
} from '../api/nouns';

export const DAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday'
] as const;

export type Day = (typeof DAYS)[number];

export type Kind = Timing['kind'];

/** As it is typed: also what is no schedule yet. */
export interface ITyped {
  kind: Kind | 'off';
  count: string;
  unit: 'minutes' | 'hours' | 'days';
  at: string;
  on: readonly Day[];
  day: string;
  cron: string;
  zone: string;
  onFailure: Schedule['on_failure'];
  pauseAfter: string;
}

export type Faults = Partial<Record<keyof ITyped, string>>;

const MINUTES = { minutes: 1, hours: 60, days: 1440 } as const;

/** The longest time between refreshes, as the API has it. */
const LONGEST = 527_040;

/** What is offered first: every morning, where the person is. */
export function untouched(zone: string): ITyped {
  return {
    kind: 'off',
    count: '6',
    unit: 'hours',
    at: '06:00',
    on: ['monday'],
    day: '1',
    cron: '0 6 * * 1-5',
    zone,
    onFailure: 'keep',
    pauseAfter: '3'
  };
}

/** What the dialog shows of a schedule. */
export function typed(state: ScheduleState, zone: string): ITyped {
  const first = untouched(zone);
  const { schedule } = state;
  if (!schedule) {
    return first;
  }
  const { timing } = schedule;
  const { kind } = timing;
  return {
    ...first,
    kind,
    zone: schedule.zone,
    onFailure: schedule.on_failure,
    pauseAfter: `${schedule.pause_after}`,
    ...('at' in timing && { at: timing.at }),
    ...('on' in timing && { on: timing.on }),
    ...('day' in timing && { day: `${timing.day}` }),
    ...('text' in timing && { cron: timing.text }),
    ...('minutes' in timing && counted(timing.minutes))
  };
}

/** The timing, or what is wrong with what was typed. */
export function timingOf(
  value: ITyped,
  trans: TranslationBundle
): { timing: Timing | null; faults: Faults } {
  const faults = faultsOf(value, trans);
  const isGood = Object.keys(faults).length === 0;
  return { timing: isGood ? plain(value) : null, faults };
}

export function scheduleOf(
  value: ITyped,
  timing: Timing,
  isPaused: boolean
): NewSchedule {
  return {
    timing,
    zone: value.zone.trim(),
    on_failure: value.onFailure,
    pause_after: Number.parseInt(value.pauseAfter, 10),
    is_paused: isPaused
  };
}

function plain(value: ITyped): Timing | null {
  const { kind, at } = value;
  switch (kind) {
    case 'off':
      return null;
    case 'every':
      return { kind, minutes: Number(value.count) * MINUTES[value.unit] };
    case 'daily':
    case 'weekdays':
      return { kind, at };
    case 'weekly':
      return { kind, at, on: DAYS.filter(day => value.on.includes(day)) };
    case 'monthly':
      return { kind, at, day: Number(value.day) };
    case 'cron':
      return { kind, text: value.cron.trim() };
  }
}

function faultsOf(value: ITyped, trans: TranslationBundle): Faults {
  const { kind } = value;
  const faults: Faults = {};
  if (kind === 'every') {
    const minutes = Number(value.count) * MINUTES[value.unit];
    if (!Number.isInteger(Number(value.count)) || minutes < 1) {
      faults.count = trans.__('Write a whole number, 1 or more.');
    } else if (minutes > LONGEST) {
      faults.count = trans.__('At most %1 days.', LONGEST / 1440);
    }
  }
  const hasClock = ['daily', 'weekdays', 'weekly', 'monthly'].includes(kind);
  if (hasClock && !/^([01]\d|2[0-3]):[0-5]\d$/.test(value.at)) {
    faults.at = trans.__('Choose a time of the day.');
  }
  if (kind === 'weekly' && value.on.length === 0) {
    faults.on = trans.__('Choose a day at least.');
  }
  if (kind === 'monthly' && !isWithin(value.day, 1, 31)) {
    faults.day = trans.__('A day from 1 to 31.');
  }
  if (kind === 'cron' && value.cron.trim().split(/\s+/).length !== 5) {
    faults.cron = trans.__(
      'Five parts with spaces between: minute, hour, day of the month, month, day of the week.'
    );
  }
  if (kind !== 'off' && !isZone(value.zone.trim())) {
    faults.zone = trans.__(
      'No time zone has this name. One is: Europe/Berlin.'
    );
  }
  if (value.onFailure === 'pause' && !isWithin(value.pauseAfter, 1, 100)) {
    faults.pauseAfter = trans.__('A number from 1 to 100.');
  }
  return faults;
}

function isWithin(text: string, least: number, most: number): boolean {
  const number = Number(text);
  return Number.isInteger(number) && number >= least && number <= most;
}

/** Whether the browser knows it; the server has the last word. */
function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name !== '';
  } catch {
    return false;
  }
}

function counted(minutes: number): Pick<ITyped, 'count' | 'unit'> {
  const unit =
    minutes % 1440 === 0 ? 'days' : minutes % 60 === 0 ? 'hours' : 'minutes';
  return { count: `${minutes / MINUTES[unit]}`, unit };
}

/** What is wrong with which field, by where the API has it: `timing.cron.text`, `zone`. */
export function fieldOf(place: string): keyof ITyped | null {
  const fields: Readonly<Record<string, keyof ITyped>> = {
    text: 'cron',
    at: 'at',
    on: 'on',
    day: 'day',
    minutes: 'count',
    zone: 'zone',
    pause_after: 'pauseAfter'
  };
  const parts = place.split('.').reverse();
  const part = parts.find(one => one in fields);
  return part ? (fields[part] ?? null) : null;
}
