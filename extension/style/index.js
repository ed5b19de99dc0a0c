import './base.css';
import './panel.css';
import './preview.css';
import './planning.css';
