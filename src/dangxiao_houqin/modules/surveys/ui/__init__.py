"""Pages of surveys: campaigns, questionnaires, entry of paper answers, results, history, suggestions."""
