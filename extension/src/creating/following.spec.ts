import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Model } from '../model/model';
import { job, Serving } from '../testing/serving';
import { Following } from './following';

const FIRST = job('sales', { status: 'processing' });

let server: Serving;
let model: Model;
let following: Following;

beforeEach(async () => {
  server = await Serving.start(() => ({ body: { items: [], next: null } }));
  model = new Model(server.settings);
  following = new Following(model, FIRST);
});

afterEach(() => {
  following.dispose();
  model.dispose();
  server.close();
});

describe('Following', () => {
  it('is told of a job that others stop, and goes along when they begin it again', () => {
    model.begin({ ...FIRST, status: 'cancelled' });
    expect(following.job.status).toBe('cancelled');

    const again = { ...FIRST, id: 'again', retry_of: FIRST.id };
    model.begin(again);
    expect(following.job).toEqual(again);
  });

  it('keeps the end of a job when an older answer comes late', () => {
    model.begin({ ...FIRST, status: 'failed' });
    model.begin({ ...FIRST, progress: 50 });

    expect(following.job.status).toBe('failed');
  });

  it('wants a notification of the end only while nobody looks', () => {
    model.begin(FIRST);
    following.isWatched = true;
    expect(model.begun.has(FIRST.id)).toBe(false);
    following.isWatched = false;
    expect(model.begun.has(FIRST.id)).toBe(true);
  });

  it('knows that its dashboard was deleted', () => {
    model.forget('sales');
    expect(following.isGone).toBe(true);
  });
});
