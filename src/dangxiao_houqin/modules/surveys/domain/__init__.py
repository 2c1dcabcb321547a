"""Words of surveys, one file a theme: rights and settings, questionnaires, answers, campaigns, results, suggestions."""
