import './base.css';
import './editing.css';
import './panel.css';
import './preview.css';
