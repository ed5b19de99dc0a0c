// What is asked of the server about a draft.
import type { INotebookContent } from '@jupyterlab/nbformat';

import { type Client, type ITagged, newKey, take, tagged } from '../api/client';
import type { Conflict, Draft, Job, Resolution } from '../api/nouns';

export class Drafts {
  constructor(
    private readonly _client: Client,
    readonly slug: string
  ) {}

  show(): Promise<ITagged<Draft>> {
    return tagged(this._api.GET('/dashboards/{slug}/draft', this._asked));
  }

  /** The notebook as the draft has it now. */
  async notebook(): Promise<ITagged<INotebookContent>> {
    const path = '/dashboards/{slug}/draft/notebook';
    const { value, etag } = await tagged(this._api.GET(path, this._asked));
    return { value: value as unknown as INotebookContent, etag };
  }

  /** As the version that it is based on was generated. */
  generated(): Promise<INotebookContent> {
    return this._old({ before: 'edits' });
  }

  /** As it was at an earlier time when it had that tag; null: nobody knows any more. */
  async then(tag: string): Promise<INotebookContent | null> {
    const [, kind, number] = /([dv])(\d+)/.exec(tag) ?? [];
    try {
      if (kind === 'd') {
        return await this._old({ revision: Number(number) });
      }
      const path = { slug: this.slug, number: Number(number) };
      const found = await take(
        this._api.GET('/dashboards/{slug}/versions/{number}/notebook', {
          params: { path }
        })
      );
      return found as unknown as INotebookContent;
    } catch {
      return null;
    }
  }

  async data(): Promise<string | null> {
    const path = '/dashboards/{slug}/draft/data';
    return (await take(this._api.GET(path, this._asked))).folder;
  }

  save(notebook: INotebookContent, tag: string): Promise<ITagged<Draft>> {
    return tagged(
      this._api.PUT('/dashboards/{slug}/draft/notebook', {
        params: this._guarded(tag),
        body: notebook
      })
    );
  }

  run(): Promise<Job> {
    const path = { slug: this.slug };
    return take(
      this._api.POST('/dashboards/{slug}/draft/runs', {
        params: { path, header: newKey() }
      })
    );
  }

  job(id: string): Promise<Job> {
    return take(
      this._api.GET('/jobs/{job_id}', { params: { path: { job_id: id } } })
    );
  }

  merge(tag: string): Promise<ITagged<Draft>> {
    return tagged(
      this._api.POST('/dashboards/{slug}/draft/merges', {
        params: this._guarded(tag)
      })
    );
  }

  async conflicts(): Promise<ITagged<Conflict[]>> {
    const path = '/dashboards/{slug}/draft/conflicts';
    const { value, etag } = await tagged(this._api.GET(path, this._asked));
    return { value: value.items, etag };
  }

  resolve(items: Resolution[], tag: string): Promise<ITagged<Draft>> {
    return tagged(
      this._api.POST('/dashboards/{slug}/draft/resolutions', {
        params: this._guarded(tag),
        body: { items }
      })
    );
  }

  /** Titles of the plan's widgets by their ids. */
  async titles(): Promise<Map<string, string>> {
    const path = '/dashboards/{slug}/plan';
    const { widgets } = await take(this._api.GET(path, this._asked));
    return new Map(widgets.map(({ id, title }) => [id, title]));
  }

  private async _old(
    query: { before: 'edits' } | { revision: number }
  ): Promise<INotebookContent> {
    const path = { slug: this.slug };
    const found = await take(
      this._api.GET('/dashboards/{slug}/draft/notebook', {
        params: { path, query }
      })
    );
    return found as unknown as INotebookContent;
  }

  private get _api(): Client['api'] {
    return this._client.api;
  }

  private get _asked(): { params: { path: { slug: string } } } {
    return { params: { path: { slug: this.slug } } };
  }

  private _guarded(tag: string): {
    path: { slug: string };
    header: { 'If-Match': string };
  } {
    return { path: { slug: this.slug }, header: { 'If-Match': tag } };
  }
}
