import { LabIcon } from '@jupyterlab/ui-components';

import dashboardsSvg from '../style/icons/dashboards.svg';
import failureSvg from '../style/icons/failure.svg';

export const dashboardsIcon = new LabIcon({
  name: 'dashwright:dashboards',
  svgstr: dashboardsSvg
});

export const failureIcon = new LabIcon({
  name: 'dashwright:failure',
  svgstr: failureSvg
});
