// The work of showing how many looked at a dashboard.
import { take } from '../api/client';
import type { Viewership } from '../api/nouns';
import { Work } from '../working/work';

export class Viewing extends Work {
  viewership: Viewership | null = null;
  days = 30;

  async choose(days: number): Promise<void> {
    this.days = days;
    await this.load();
  }

  async load(): Promise<void> {
    await this.attempt(async () => {
      this.viewership = await take(
        this.model.client.api.GET('/dashboards/{slug}/views', {
          params: { path: { slug: this.slug }, query: { days: this.days } }
        })
      );
    });
  }
}

export interface IBar {
  day: string;
  views: number;
  visitors: number;
}

/** One bar a day from the first to the last, also where nobody came; many days are put together. */
export function bars(
  { since, until, days }: Pick<Viewership, 'since' | 'until' | 'days'>,
  most = 90
): IBar[] {
  const told = new Map(days.map(day => [day.day, day]));
  const all: IBar[] = [];
  const end = Date.parse(until);
  for (let time = Date.parse(since); time <= end; time += 86_400_000) {
    const day = new Date(time).toISOString().slice(0, 10);
    const found = told.get(day);
    all.push({
      day,
      views: found?.views ?? 0,
      visitors: found?.visitors ?? 0
    });
  }
  const width = Math.ceil(all.length / most);
  return Array.from({ length: Math.ceil(all.length / width) }, (_, index) => {
    const part = all.slice(index * width, (index + 1) * width);
    return {
      day: part[0]?.day ?? '',
      views: part.reduce((sum, bar) => sum + bar.views, 0),
      visitors: Math.max(...part.map(bar => bar.visitors))
    };
  });
}
