import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import React from 'react';

import type { Dashboard } from '../api/nouns';
import { CommandIDs } from '../ids';
import type { IDashwright } from '../tokens';
import { showWork } from '../working/dialog';
import { PublishingBody } from './body';
import { Publishing } from './publishing';

/** Show what would change for viewers, and publish it if that is wanted. Gives whether it was. */
export async function showPublishing(
  app: JupyterFrontEnd,
  { model, trans }: IDashwright,
  { slug, title }: Pick<Dashboard, 'slug' | 'title'>,
  chosen: number | null = null
): Promise<boolean> {
  model.start();
  const work = new Publishing(model, slug, chosen);
  const seen = model.known(slug)?.version?.number ?? 0;
  const isBack = chosen !== null && chosen < seen;
  const canEdit = app.commands.hasCommand(CommandIDs.editNotebook);
  const isDone = await showWork(
    isBack
      ? trans.__('Roll Back "%1" to Version %2', title, chosen)
      : trans.__('Publish "%1"', title),
    work,
    close => (
      <PublishingBody
        publishing={work}
        trans={trans}
        edit={
          canEdit
            ? () => {
                close();
                void app.commands.execute(CommandIDs.editNotebook, { slug });
              }
            : undefined
        }
      />
    ),
    trans,
    {
      label: () =>
        work.isRollBack
          ? trans.__('Roll Back')
          : work.needsRun && work.draft
            ? trans.__('Run and Publish')
            : trans.__('Publish'),
      isPossible: () => work.isPossible,
      act: () => work.publish()
    }
  );
  if (isDone) {
    Notification.success(
      trans.__('Viewers of "%1" see version %2 now.', title, work.seen ?? 0),
      { autoClose: 5000 }
    );
  }
  return isDone;
}
