import './base.css';
import './creating.css';
import './panel.css';
import './preview.css';
import './working.css';
