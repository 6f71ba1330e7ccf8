//! Typesetting of official pages: data and a template file in, PDF/A-3b out.
