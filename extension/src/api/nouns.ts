// The nouns of the API by their names; schema.ts is made from docs/openapi.json.
import type { components, paths } from './schema';

type Schemas = components['schemas'];

export type Dashboard = Schemas['Dashboard'];
export type DashboardPage = Schemas['DashboardPage'];
export type Job = Schemas['Job'];
export type Conflict = Schemas['Conflict'];
export type Draft = Schemas['Draft'];
export type Me = Schemas['Me'];
export type Resolution = Schemas['Resolution'];
export type Version = Schemas['Version'];
export type Fault = Schemas['Fault'];
export type DashboardStatus = Dashboard['status'];
export type DashboardsQuery = NonNullable<
  paths['/dashboards']['get']['parameters']['query']
>;

export function isOver(job: Job): boolean {
  return job.status !== 'pending' && job.status !== 'processing';
}
