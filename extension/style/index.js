import './base.css';
import './creating.css';
import './editing.css';
import './panel.css';
import './preview.css';
import './working.css';
import './planning.css';
