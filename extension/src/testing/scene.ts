// A model, and a server that answers what a test says for each request; `METHOD path` without what is before `dashboards`.
import { Model } from '../model/model';
import { type Answer, type IAsked, Serving } from './serving';

export type Answers = Record<
  string,
  (asked: IAsked) => Exclude<ReturnType<Answer>, null>
>;

export interface IScene {
  model: Model;
  server: Serving;
  /** What bodies were sent with a method to a path, so far. */
  sent: (request: string) => unknown[];
  close: () => void;
}

/** Whatever is asked and not in `answers` is not there. */
export async function scene(answers: Answers): Promise<IScene> {
  const key = ({ method, path }: IAsked): string =>
    decodeURIComponent(
      `${method} ${path.replace(/^api\//, '').replace(/\?.*$/, '')}`
    );
  const server = await Serving.start(
    asked =>
      answers[key(asked)]?.(asked) ?? {
        status: 404,
        body: { detail: 'There is no such thing.', code: 'missing' }
      }
  );
  const model = new Model(server.settings);
  return {
    model,
    server,
    sent: request =>
      server.asked
        .filter(asked => key(asked) === request)
        .map(({ body }): unknown => (body ? JSON.parse(body) : null)),
    close: () => {
      model.dispose();
      server.close();
    }
  };
}
