import { LabIcon } from '@jupyterlab/ui-components';

import dashboardsSvg from '../style/icons/dashboards.svg';

export const dashboardsIcon = new LabIcon({
  name: 'dashwright:dashboards',
  svgstr: dashboardsSvg
});
