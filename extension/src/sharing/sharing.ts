// The work of saying who sees a dashboard. Each step is done at once.
import type { TranslationBundle } from '@jupyterlab/translation';

import { tagged, take } from '../api/client';
import { ApiError } from '../api/errors';
import type { Audience, Dashboard } from '../api/nouns';
import type { Model } from '../model/model';
import { Work } from '../working/work';
import {
  faultOfOrigin,
  faultOfPassword,
  faultOfWhom,
  secondsUntil
} from './checking';

/** What is typed and not sent yet. */
export interface ITyped {
  whom: string;
  origin: string;
  /** Days that a link is good; `date`: until `until`. */
  lifetime: '1' | '7' | '30' | 'never' | 'date';
  until: string;
  password: string;
}

/** Where something is said to be wrong. */
export type Place = 'public' | 'whom' | 'origin' | 'until' | 'password';

/** What is null stays as it is. */
const UNCHANGED = {
  title: null,
  description: null,
  tags: null,
  refresh_interval: null
};

export class Sharing extends Work {
  constructor(
    model: Model,
    slug: string,
    private readonly _trans: TranslationBundle
  ) {
    super(model, slug);
  }

  dashboard: Dashboard | null = null;
  audience: Audience | null = null;

  /** E-mail addresses of accounts, as far as the caller may know them. */
  accounts: readonly string[] = [];

  /** The address of a link that was just made: it is told this once. */
  made: { id: string; url: string } | null = null;

  value: ITyped = {
    whom: '',
    origin: '',
    lifetime: '7',
    until: '',
    password: ''
  };

  /** Whether everybody may see it, also while that is only wished. */
  get isPublic(): boolean {
    return this._wished ?? this.audience?.is_public ?? false;
  }

  faults: Partial<Record<Place, string>> = {};

  write(change: Partial<ITyped>): void {
    this.value = { ...this.value, ...change };
    this.faults = {};
    this.tell();
  }

  async load(): Promise<void> {
    await this.attempt(async () => {
      const { api } = this.model.client;
      const params = this._path;
      const found = await tagged(api.GET('/dashboards/{slug}', { params }));
      this.dashboard = found.value;
      this._etag = found.etag;
      this.audience = await take(
        api.GET('/dashboards/{slug}/sharing', { params })
      );
      await this.model.ask();
      this.accounts = await take(api.GET('/users'))
        .then(({ items }) => items.map(({ email }) => email))
        .catch(() => []);
    });
  }

  async setPublic(isPublic: boolean): Promise<boolean> {
    if (this.isBusy) {
      return false;
    }
    this._wished = isPublic;
    const isDone = await this._do('public', async () => {
      const changed = await tagged(
        this.model.client.api.PATCH('/dashboards/{slug}', {
          params: { ...this._path, header: { 'If-Match': this._etag } },
          body: { ...UNCHANGED, is_public: isPublic }
        })
      );
      this._etag = changed.etag;
      this.dashboard = changed.value;
      this.model.show(changed.value);
      if (this.audience) {
        this.audience = { ...this.audience, is_public: isPublic };
      }
    });
    this._wished = null;
    this.tell();
    return isDone;
  }

  async add(): Promise<boolean> {
    const whom = this.value.whom.trim();
    const fault = faultOfWhom(whom, this._trans);
    return this._checked('whom', fault, async () => {
      const path = { slug: this.slug, whom };
      this.audience = await take(
        this.model.client.api.PUT('/dashboards/{slug}/shares/{whom}', {
          params: { path }
        })
      );
      this.value = { ...this.value, whom: '' };
    });
  }

  async remove(whom: string): Promise<boolean> {
    return this._do('whom', async () => {
      this.audience = await take(
        this.model.client.api.DELETE('/dashboards/{slug}/shares/{whom}', {
          params: { path: { slug: this.slug, whom } }
        })
      );
    });
  }

  async makeLink(): Promise<boolean> {
    const { lifetime, until, password } = this.value;
    if (this.isBusy) {
      return false;
    }
    const end =
      lifetime === 'date'
        ? secondsUntil(until, Date.now(), this._trans)
        : { seconds: daysOf(lifetime), fault: null };
    if (end.fault !== null) {
      return this._refuse('until', end.fault);
    }
    const fault = faultOfPassword(password, this._trans);
    return this._checked('password', fault, async () => {
      const { link, url } = await take(
        this.model.client.api.POST('/dashboards/{slug}/links', {
          params: this._path,
          body: { expires_in: end.seconds, password: password || null }
        })
      );
      this.made = { id: link.id, url };
      this.value = { ...this.value, password: '' };
      this._put([link, ...(this.audience?.links ?? [])]);
    });
  }

  async endLink(id: string): Promise<boolean> {
    return this._do(null, async () => {
      const path = { slug: this.slug, link_id: id };
      const ended = await take(
        this.model.client.api.DELETE('/dashboards/{slug}/links/{link_id}', {
          params: { path }
        })
      );
      const links = this.audience?.links ?? [];
      this._put(links.map(link => (link.id === id ? ended : link)));
      if (this.made?.id === id) {
        this.made = null;
      }
    });
  }

  async embed(): Promise<boolean> {
    const origin = this.value.origin.trim();
    const fault = faultOfOrigin(origin, this._trans);
    return this._checked('origin', fault, async () => {
      this.audience = await take(
        this.model.client.api.POST('/dashboards/{slug}/embed-origins', {
          params: this._path,
          body: { origin }
        })
      );
      this.value = { ...this.value, origin: '' };
    });
  }

  async unembed(origin: string): Promise<boolean> {
    return this._do('origin', async () => {
      this.audience = await take(
        this.model.client.api.DELETE('/dashboards/{slug}/embed-origins', {
          params: { ...this._path, query: { origin } }
        })
      );
    });
  }

  private get _path(): { path: { slug: string } } {
    return { path: { slug: this.slug } };
  }

  private _put(links: Audience['links']): void {
    if (this.audience) {
      this.audience = { ...this.audience, links };
    }
  }

  private _refuse(place: Place, fault: string): false {
    this.faults = { [place]: fault };
    this.tell();
    return false;
  }

  private async _checked(
    place: Place,
    fault: string | null,
    step: () => Promise<void>
  ): Promise<boolean> {
    return fault === null ? this._do(place, step) : this._refuse(place, fault);
  }

  /** Do a step; what the server has against a value is said beside it. */
  private async _do(
    place: Place | null,
    step: () => Promise<void>
  ): Promise<boolean> {
    this.faults = {};
    const isDone = await this.attempt(step);
    const { error } = this;
    const isAboutValue =
      error instanceof ApiError && [404, 409, 422].includes(error.status);
    if (place !== null && isAboutValue && !this.isGone) {
      const said = error.errors.map(({ message }) => message).join(' ');
      this.error = null;
      this._refuse(place, said || error.message);
    }
    return isDone;
  }

  private _etag = '';
  private _wished: boolean | null = null;
}

function daysOf(lifetime: '1' | '7' | '30' | 'never'): number | null {
  return lifetime === 'never' ? null : Number(lifetime) * 86_400;
}
