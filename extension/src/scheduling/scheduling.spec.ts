import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, expect, it } from 'vitest';

import { type Answers, type IScene, scene } from '../testing/scene';
import { until } from '../testing/serving';
import { Scheduling } from './scheduling';

const STATE = {
  slug: 'sales',
  schedule: null,
  words: 'never',
  upcoming: [],
  paused_at: null,
  pause_reason: null,
  failures: 0,
  retries: 0,
  runs: []
};
const OUTLOOK = { words: 'daily at 06:00', upcoming: ['2026-11-27T05:00:00Z'] };

let stage: IScene;
let work: Scheduling;

async function open(answers: Answers = {}): Promise<void> {
  stage = await scene({
    'GET dashboards/sales/schedule': () => ({
      headers: { ETag: '"one"' },
      body: STATE
    }),
    'POST schedules/preview': () => ({ body: OUTLOOK }),
    ...answers
  });
  const trans = nullTranslator.load('dashwright');
  work = new Scheduling(stage.model, 'sales', trans);
  await work.load();
}

afterEach(() => {
  work.dispose();
  stage.close();
});

it('asks for the next times once when nobody types any more', async () => {
  await open();
  work.write({ kind: 'daily', zone: 'Europe/Berlin' });
  work.write({ at: '06:00' });
  await until(() => work.outlook !== null);
  expect(work.outlook?.upcoming).toEqual(OUTLOOK.upcoming);
  expect(stage.sent('POST schedules/preview')).toEqual([
    { timing: { kind: 'daily', at: '06:00' }, zone: 'Europe/Berlin' }
  ]);
});

it('says what the server has against a cron text at its field', async () => {
  const message = "The minute '61' is not from 0 to 59.";
  await open({
    'POST schedules/preview': () => ({
      status: 422,
      body: {
        detail: 'The body is not as it must be.',
        errors: [{ name: 'timing.cron.text', message }]
      }
    })
  });
  work.write({ kind: 'cron', cron: '61 * * * *' });
  await until(() => work.faults.cron !== undefined);
  expect(work.faults.cron).toBe(message);
  expect(work.isPossible).toBe(false);
});

it('keeps what was typed where somebody else has changed the schedule', async () => {
  let isStale = true;
  await open({
    'PUT dashboards/sales/schedule': () =>
      isStale
        ? { status: 412, body: { detail: 'It was changed meanwhile.' } }
        : { headers: { ETag: '"two"' }, body: STATE }
  });
  work.write({ kind: 'daily', at: '07:15', zone: 'UTC' });
  expect(await work.save()).toBe(false);
  expect(work.isStale).toBe(true);
  isStale = false;
  await work.load();
  expect(work.value).toMatchObject({ kind: 'daily', at: '07:15' });
  expect(await work.save()).toBe(true);
});

it('takes the schedule away where it is switched off', async () => {
  await open({
    'DELETE dashboards/sales/schedule': () => ({ body: null })
  });
  work.write({ kind: 'off' });
  expect(await work.save()).toBe(true);
  const [asked] = stage.server.at('api/dashboards/sales/schedule').slice(-1);
  expect(asked).toMatchObject({
    method: 'DELETE',
    headers: { 'if-match': '"one"' }
  });
});
