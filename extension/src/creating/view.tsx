// What is shown of one new dashboard: the question, what a search found, or how far the job is.
import React, { useEffect, useRef } from 'react';

import { ApiError } from '../api/errors';
import { Problem } from '../components/banner';
import { useSignals } from '../components/hooks';
import { FindingsPage } from './findings';
import { JobPage } from './jobpage';
import { QuestionPage } from './questionpage';
import type { Stages } from './stages';

export interface IPageProps {
  stages: Stages;
}

export function View({ stages }: IPageProps): React.ReactElement {
  useSignals(stages.changed, stages.form.changed);
  const box = useRef<HTMLDivElement>(null);
  const stage = stages.form.sending ? 'job' : stages.stage;
  useEffect(() => {
    // Whoever uses keys or a screen reader goes along with the page.
    box.current?.scrollTo({ top: 0 });
    box.current
      ?.querySelector<HTMLElement>('[data-first-focus]')
      ?.focus({ preventScroll: true });
  }, [stage]);
  return (
    <div className="dw-New-page" ref={box}>
      <Page stages={stages} />
    </div>
  );
}

function Page({ stages }: IPageProps): React.ReactElement {
  const { trans } = stages.means.dashwright;
  if (stages.form.sending || stages.stage === 'job') {
    return <JobPage stages={stages} />;
  }
  if (stages.stage === 'search') {
    return <FindingsPage stages={stages} />;
  }
  if (stages.lost) {
    const { id, error } = stages.lost;
    const isPassing = error instanceof ApiError && error.isUnreachable;
    return (
      <Problem
        error={error}
        retry={{
          label: isPassing
            ? trans.__('Try again')
            : trans.__('Change the question'),
          act: () => {
            if (isPassing) {
              void stages.follow(id);
            } else {
              stages.back();
            }
          }
        }}
      />
    );
  }
  return <QuestionPage stages={stages} />;
}
