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
export type Begun = Schemas['Begun'];
export type NewDashboard = Schemas['NewDashboard'];
export type Offer = Schemas['Offer'];
export type Offers = Schemas['Offers'];
export type Source = Schemas['SourceSummary'];
export type StepName = NonNullable<Job['begins_at']>;
export type Upload = Schemas['Upload'];
export type Audience = Schemas['Audience'];
export type Difference = Schemas['Difference'];
export type NewSchedule = Schemas['NewSchedule'];
export type Outlook = Schemas['Outlook'];
export type Publication = Schemas['Publication'];
export type PublishedVersion = Schemas['PublishedVersion'];
export type Run = Schemas['Run'];
export type Schedule = Schemas['Schedule'];
export type ScheduleState = Schemas['ScheduleState'];
export type ShareLink = Schemas['ShareLink'];
export type Timing = NewSchedule['timing'];
export type Viewership = Schemas['Viewership'];
export type ExportFormat =
  paths['/dashboards/{slug}/exports/{format}']['get']['parameters']['path']['format'];
export type DashboardStatus = Dashboard['status'];
export type DashboardsQuery = NonNullable<
  paths['/dashboards']['get']['parameters']['query']
>;

export function isOver(job: Job): boolean {
  return job.status !== 'pending' && job.status !== 'processing';
}
