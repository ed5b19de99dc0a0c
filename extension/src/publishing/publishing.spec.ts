import { afterEach, expect, it } from 'vitest';

import type { Version } from '../api/nouns';
import { type Answers, type IScene, scene } from '../testing/scene';
import { dashboard, job } from '../testing/serving';
import { Publishing } from './publishing';

const SEEN = dashboard('sales', {
  version: { number: 2, broken: [], conflicts: [] } as unknown as Version
});

let stage: IScene;
let work: Publishing;

interface IWay {
  run?: Record<string, unknown>;
  broken?: string[];
  answers?: Answers;
  chosen?: number | null;
}

/** A dashboard at version 2, whose draft was saved and not tried; a run of it makes version 3. */
async function open({ run, broken, answers, chosen }: IWay): Promise<void> {
  const version = { number: 3, broken: broken ?? [], conflicts: [] };
  const ended = job('sales', {
    id: 'run',
    kind: 'draft',
    status: 'completed',
    version_number: 3,
    ...run
  });
  stage = await scene({
    'GET dashboards/sales': () => ({
      headers: { ETag: '"one"' },
      body: SEEN
    }),
    'GET dashboards/sales/draft': () => ({
      body: { exists: true, revision: 7, run: null, cells: [], conflicts: 0 }
    }),
    'POST dashboards/sales/draft/runs': () => ({
      status: 202,
      body: { ...ended, status: 'processing' }
    }),
    'GET jobs/run': () => ({ body: ended }),
    'GET dashboards/sales/versions/3': () => ({ body: { version } }),
    'GET dashboards/sales/versions/1': () => ({
      body: { version: { ...version, number: 1 } }
    }),
    'GET dashboards/sales/versions/3/changes': () => ({
      body: { differences: [{ kind: 'widget', name: 'a', change: 'added' }] }
    }),
    'GET dashboards/sales/versions/1/changes': () => ({
      body: { differences: [] }
    }),
    'PUT dashboards/sales/published': ({ body }) => ({
      body: {
        ...SEEN,
        version: { ...version, number: (JSON.parse(body) as Version).number }
      }
    }),
    ...answers
  });
  work = new Publishing(stage.model, 'sales', chosen ?? null);
  await work.load();
}

afterEach(() => {
  work.dispose();
  stage.close();
});

const PUBLISHED = 'PUT dashboards/sales/published';

it('runs a draft that was not tried since it was saved, and publishes it with the note', async () => {
  await open({});
  expect(work.needsRun).toBe(true);
  work.write({ note: ' A new chart. ' });
  expect(await work.publish()).toBe(true);
  expect(stage.sent(PUBLISHED)).toEqual([
    { number: 3, note: 'A new chart.', despite: null }
  ]);
  expect(work.seen).toBe(3);
});

it('publishes nothing of a run that fails, and keeps the note', async () => {
  const failure = { error_cell: 'bars', error_line: 4, error_message: 'No.' };
  await open({ run: { status: 'failed', ...failure } });
  work.write({ note: 'A new chart.' });
  expect(await work.publish()).toBe(false);
  expect(work.job).toMatchObject(failure);
  expect(work.note).toBe('A new chart.');
  expect(stage.sent(PUBLISHED)).toEqual([]);
});

it('asks for a reason where the run breaks an expectation', async () => {
  await open({ broken: ["'sales' has fewer than 10 rows."] });
  expect(await work.publish()).toBe(false);
  expect(work.error).toBeNull();
  expect(work.isPossible).toBe(false);
  expect(stage.sent(PUBLISHED)).toEqual([]);
  work.write({ reason: 'A short month.' });
  expect(await work.publish()).toBe(true);
  expect(stage.sent(PUBLISHED)).toMatchObject([{ despite: 'A short month.' }]);
  expect(stage.sent('POST dashboards/sales/draft/runs')).toHaveLength(1);
});

it('does nothing where somebody else has published meanwhile', async () => {
  await open({
    answers: {
      [PUBLISHED]: () => ({
        status: 412,
        body: { detail: 'It was changed meanwhile.' }
      })
    }
  });
  work.write({ note: 'Mine.' });
  expect(await work.publish()).toBe(false);
  expect(work.isStale).toBe(true);
  expect(work.isPossible).toBe(false);
  await work.load();
  expect(work.isStale).toBe(false);
  expect(work.note).toBe('Mine.');
});

it('rolls back to an older version without running anything', async () => {
  await open({ chosen: 1 });
  expect(work.isRollBack).toBe(true);
  expect(await work.publish()).toBe(true);
  expect(stage.sent(PUBLISHED)).toMatchObject([{ number: 1 }]);
  expect(stage.sent('POST dashboards/sales/draft/runs')).toEqual([]);
});

it('has nothing to publish where nobody has changed the notebook', async () => {
  await open({
    answers: {
      'GET dashboards/sales/draft': () => ({
        body: { exists: false, revision: null, run: null, cells: [] }
      })
    }
  });
  expect(work.isThereAnything).toBe(false);
  expect(work.isPossible).toBe(false);
});

it('knows when the dashboard is deleted while it is open', async () => {
  await open({});
  stage.model.forget('sales');
  expect(work.isGone).toBe(true);
  expect(await work.publish()).toBe(false);
});
